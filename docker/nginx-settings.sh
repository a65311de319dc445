#!/bin/sh
# /etc/nginx/conf.d leads here, so that filled-in templates can be written where nothing but /tmp can be.
mkdir -p /tmp/nginx
