// Command mongod stands for MongoDB's server: FerretDB, which speaks MongoDB's protocol and keeps its data in SQLite.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	port, directory := "27017", "/data/db"
	// mongod's own options that say where it is; what else it is told says nothing to this one.
	for at := 1; at < len(os.Args); at++ {
		name, value, joined := strings.Cut(os.Args[at], "=")
		if !joined && at+1 < len(os.Args) {
			value = os.Args[at+1]
		}
		switch name {
		case "--port":
			port = value
		case "--dbpath":
			directory = value
		}
	}
	end := func(err error) {
		fmt.Fprintln(os.Stderr, "mongod:", err)
		os.Exit(1)
	}
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: "0.0.0.0:" + port},
		Handler:   "sqlite",
		SQLiteURL: "file:" + directory + "/",
	})
	if err != nil {
		end(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	fmt.Println("mongod: FerretDB in the place of MongoDB, on port", port)
	if err := server.Run(ctx); err != nil && ctx.Err() == nil {
		end(err)
	}
}
