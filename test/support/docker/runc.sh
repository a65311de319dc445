#!/bin/sh
# runc, for processes that are to trust what this machine trusts: `runc.sh RUNC BUNDLE TARGET VARIABLES ARGUMENTS…`, where VARIABLES are the quoted
# entries of a JSON list. Each process sees the bundle at TARGET, which lies in its own /dev, and finds it by the variables; no image
# keeps anything of it. A stream editor since health checks start a process each second, and it needs a hundredth of what Node does.
set -eu
runc=$1 bundle=$2 target=$3 variables=$4
shift 4

command='' directory=. process='' previous=''
for argument in "$@"; do
  case $previous in
    --bundle | -b) directory=$argument ;;
    --process | -p) process=$argument ;;
  esac
  case $argument in
    create | run | exec) [ -n "$command" ] || command=$argument ;;
  esac
  previous=$argument
done

# Quotes inside of a JSON string have a backslash before them, so neither pattern is found in one. First, so that a process's own settings hold.
environment="s|\"env\":\[|&$variables,|;s|,\],\"cwd\":|],\"cwd\":|"
# After /dev, which is mounted before /sys.
mount="s|{\"destination\":\"/sys\",|{\"destination\":\"$target\",\"type\":\"bind\",\"source\":\"$bundle\",\"options\":[\"bind\",\"ro\"]},&|"
case $command in
  create | run) sed -i -e "$environment" -e "$mount" "$directory/config.json" ;;
  exec) [ -z "$process" ] || sed -i -e "$environment" "$process" ;;
esac
exec "$runc" "$@"
