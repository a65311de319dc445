// Command minio stands for MinIO's server: gofakes3, which speaks S3 as well, and keeps buckets in a file.
package main

import (
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3bolt"
)

func main() {
	address, directory := ":9000", ""
	// minio's own options that say where it is; what else it is told says nothing to this one.
	for at := 1; at < len(os.Args); at++ {
		name, value, joined := strings.Cut(os.Args[at], "=")
		isOption := strings.HasPrefix(name, "-")
		if isOption && !joined && at+1 < len(os.Args) {
			at++
			value = os.Args[at]
		}
		switch {
		case name == "--address":
			address = value
		case !isOption && name != "server":
			directory = name
		}
	}
	if directory == "" {
		end(fmt.Errorf("usage: minio server DIRECTORY [--address ADDRESS]"))
	}
	backend, err := s3bolt.NewFile(filepath.Join(directory, "buckets.db"))
	if err != nil {
		end(err)
	}
	objects := gofakes3.New(backend, gofakes3.WithInsecureCORS(), gofakes3.WithLogger(gofakes3.DiscardLog())).Server()
	handler := http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		// Where MinIO says that it is well: all that lies below /minio is its own.
		if strings.HasPrefix(request.URL.Path, "/minio/") {
			response.WriteHeader(http.StatusOK)
			return
		}
		objects.ServeHTTP(&answer{ResponseWriter: response}, request)
	})
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	go func() { <-stop; os.Exit(0) }()
	fmt.Println("minio: gofakes3 in the place of MinIO, at", address)
	end(http.ListenAndServe(address, handler))
}

func end(err error) {
	fmt.Fprintln(os.Stderr, "minio:", err)
	os.Exit(1)
}

// answer spells the names of an object's own values as they were given, in lower case: clients make keys of them.
type answer struct {
	http.ResponseWriter
	begun bool
}

func (a *answer) WriteHeader(status int) {
	a.begun = true
	header := a.Header()
	for name, values := range header {
		if strings.HasPrefix(name, "X-Amz-Meta-") {
			delete(header, name)
			header[strings.ToLower(name)] = values
		}
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(part []byte) (int, error) {
	if !a.begun {
		a.WriteHeader(http.StatusOK)
	}
	return a.ResponseWriter.Write(part)
}
