#!/bin/sh
# With NGINX_ENTRYPOINT_WORKER_PROCESSES_AUTOTUNE set, as many workers as the container may use processors.
set -e
[ -n "${NGINX_ENTRYPOINT_WORKER_PROCESSES_AUTOTUNE:-}" ] || exit 0
workers=$(nproc)
quota=-1 period=100000
if [ -r /sys/fs/cgroup/cpu.max ]; then
  read -r quota period < /sys/fs/cgroup/cpu.max
elif [ -r /sys/fs/cgroup/cpu/cpu.cfs_quota_us ]; then
  quota=$(cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us) period=$(cat /sys/fs/cgroup/cpu/cpu.cfs_period_us)
fi
case $quota in
  max | -1) ;;
  *)
    allowed=$(((quota + period - 1) / period))
    if [ "$allowed" -lt "$workers" ]; then workers=$allowed; fi
    ;;
esac
sed -i -E "s/^worker_processes .*/worker_processes  $workers;/" /etc/nginx/nginx.conf
