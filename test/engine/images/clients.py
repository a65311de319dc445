"""Talks to one service by the address an app would get. Usage: clients.py KIND ADDRESS."""

import io
import json
import sys
import urllib.request
from email.message import EmailMessage
from smtplib import SMTP
from urllib.parse import urlsplit


def refused(connect, *errors):
    try:
        connect()
    except errors:
        return
    sys.exit("let in without the right password")


def postgres(url):
    import psycopg

    def connect(**change):
        words = dict(host=url.hostname, port=url.port, user=url.username, password=url.password, dbname=url.path[1:])
        return psycopg.connect(**{**words, **change})

    with connect() as connection:
        connection.execute("CREATE TABLE t (x int)")
        connection.execute("INSERT INTO t VALUES (7)")
        assert connection.execute("SELECT x FROM t").fetchall() == [(7,)]
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert connection.execute(f"SHOW {setting}").fetchone() == ("off",), setting
    refused(lambda: connect(password="wrong"), psycopg.OperationalError)
    refused(lambda: connect(password=""), psycopg.OperationalError)


def mysql(url):
    import pymysql

    def connect(**change):
        words = dict(host=url.hostname, port=url.port, user=url.username, password=url.password, database=url.path[1:])
        return pymysql.connect(**{**words, **change})

    with connect() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE t (x int)")
        cursor.execute("INSERT INTO t VALUES (7)")
        cursor.execute("SELECT x FROM t")
        assert cursor.fetchall() == ((7,),)
        cursor.execute("SELECT @@innodb_flush_log_at_trx_commit")
        assert cursor.fetchone() == (0,)
        # Suites make databases by names of their own.
        cursor.execute("CREATE DATABASE `0a-name`")
        cursor.execute("CREATE TABLE `0a-name`.t (x int)")
    for change in (dict(password="wrong"), dict(password=""), dict(user="root", password="")):
        refused(lambda: connect(**change), pymysql.OperationalError)


mariadb = mysql


def mongodb(url):
    from pymongo import MongoClient

    database = MongoClient(f"mongodb://{url.netloc}{url.path}", serverSelectionTimeoutMS=3000).get_default_database()
    assert database.name == "app", database.name
    database.t.insert_many([{"x": 7}, {"x": 8}])
    assert [found["x"] for found in database.t.find({"x": {"$gt": 7}})] == [8]
    assert list(database.t.aggregate([{"$group": {"_id": None, "sum": {"$sum": "$x"}}}])) == [{"_id": None, "sum": 15}]


def nats(url):
    import asyncio

    from nats import connect

    async def talk():
        client = await connect(f"nats://{url.netloc}")
        stream = client.jetstream()
        await stream.add_stream(name="orders", subjects=["orders.*"])
        await stream.publish("orders.new", b"7")
        waiting = await stream.subscribe("orders.*")
        assert (await waiting.next_msg(timeout=5)).data == b"7"
        await client.close()

    asyncio.run(talk())


def redis(url):
    from redis import Redis

    client = Redis.from_url(url.geturl())
    client.set("k", "v")
    assert client.get("k") == b"v"
    assert client.config_get("save") == {"save": ""}


def memcached(url):
    import socket

    with socket.create_connection((url.hostname, url.port), timeout=5) as connection, connection.makefile("rwb") as file:

        def call(*lines):
            file.write(b"".join(line + b"\r\n" for line in lines))
            file.flush()
            return file.readline().rstrip(b"\r\n")

        assert call(b"version").startswith(b"VERSION 1.6."), "version"
        assert call(b"set k 0 60 1", b"v") == b"STORED"
        assert call(b"get k") == b"VALUE k 0 1"
        assert (file.readline(), file.readline()) == (b"v\r\n", b"END\r\n")


def rabbitmq(url):
    import pika

    def connect(user=url.username, password=url.password):
        credentials = pika.PlainCredentials(user, password)
        return pika.BlockingConnection(pika.ConnectionParameters(url.hostname, url.port, "/", credentials))

    channel = connect().channel()
    channel.queue_declare("q", durable=True)
    channel.basic_publish("", "q", b"hello")
    assert next(channel.consume("q", inactivity_timeout=5))[2] == b"hello"
    refused(lambda: connect(password="wrong"), pika.exceptions.AMQPError)
    refused(lambda: connect("guest", "guest"), pika.exceptions.AMQPError)


def minio(url):
    import boto3

    keys = {"aws_access_key_id": "app", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
    s3 = boto3.client("s3", endpoint_url=f"http://{url.hostname}:{url.port}", **keys)
    s3.create_bucket(Bucket="shop")
    s3.upload_fileobj(io.BytesIO(20 * 1024 * 1024 * b"x"), "shop", "large/one.bin")
    s3.put_object(Bucket="shop", Key="bills/ä b.txt", Body=b"hello", ContentType="text/plain", Metadata={"order": "7"})
    found = s3.list_objects_v2(Bucket="shop", Prefix="bills/")["Contents"]
    assert [item["Key"] for item in found] == ["bills/ä b.txt"], found
    got = s3.get_object(Bucket="shop", Key="bills/ä b.txt")
    assert (got["Body"].read(), got["ContentType"], got["Metadata"]) == (b"hello", "text/plain", {"order": "7"})
    assert s3.head_object(Bucket="shop", Key="large/one.bin")["ContentLength"] == 20 * 1024 * 1024
    signed = s3.generate_presigned_url("get_object", Params={"Bucket": "shop", "Key": "bills/ä b.txt"})
    assert urllib.request.urlopen(signed).read() == b"hello"
    s3.delete_object(Bucket="shop", Key="bills/ä b.txt")
    assert s3.list_objects_v2(Bucket="shop")["KeyCount"] == 1


def mailpit(url):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Shop <shop@example.com>", "Ann <ann@example.com>", "Your order ✓"
    message.set_content("Thanks, ünd bye.\n")
    message.add_alternative("<b>Thanks</b>", subtype="html")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="bill.pdf")
    with SMTP(url.hostname, url.port) as smtp:
        # With a line that is longer than the RFC has it, as templates of HTML make them; removed again below.
        smtp.sendmail("shop@example.com", ["long@example.com"], f"To: long@example.com\r\nSubject: long\r\n\r\n{5000 * 'x'}\r\n")

    def call(path, method="GET", body=None):
        request = urllib.request.Request(f"http://{url.hostname}:8025{path}", method=method, data=body and json.dumps(body).encode())
        with urllib.request.urlopen(request) as answer:
            content = answer.read()
            return json.loads(content) if "json" in answer.headers["Content-Type"] else content

    assert call("/livez") == call("/readyz") == b"ok"
    assert call("/api/v1/search?query=to:long@example.com")["messages_count"] == 1
    call("/api/v1/messages", "DELETE", {})
    with SMTP(url.hostname, url.port) as smtp:
        smtp.send_message(message, to_addrs=["ann@example.com", "audit@example.com"])
    listed = call("/api/v1/messages")
    assert (listed["total"], listed["unread"], listed["messages_count"]) == (1, 1, 1), listed
    (summary,) = listed["messages"]
    assert summary["Subject"] == "Your order ✓"
    assert summary["From"] == {"Name": "Shop", "Address": "shop@example.com"}
    assert summary["Bcc"] == [{"Name": "", "Address": "audit@example.com"}]
    assert (summary["Attachments"], summary["Snippet"]) == (1, "Thanks, ünd bye.")
    full = call(f"/api/v1/message/{summary['ID']}")
    assert full == call("/api/v1/message/latest")
    assert full["Text"].strip() == "Thanks, ünd bye." and full["HTML"].strip() == "<b>Thanks</b>"
    (file,) = full["Attachments"]
    assert call(f"/api/v1/message/latest/part/{file['PartID']}") == b"%PDF"
    assert call("/api/v1/message/latest/headers")["Subject"] == ["Your order ✓"]
    for query, count in {"to:ann": 1, "to:bob": 0, "subject:%22your%20order%22": 1, "!to:ann": 0, "is:read": 1, "bye%20has:attachment": 1}.items():
        assert call(f"/api/v1/search?query={query}")["messages_count"] == count, query
    call("/api/v1/messages", "DELETE", {"IDs": ["another"]})
    assert call("/api/v1/messages")["total"] == 1
    call("/api/v1/messages", "DELETE")
    assert call("/api/v1/messages")["messages"] == []


kind, address = sys.argv[1:]
globals()[kind](urlsplit(address))
print("ok")
