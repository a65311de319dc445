# For a user without privileges, whatever its id: port 8080, process id and temporary files in /tmp.
cd /etc/nginx
sed -i -e '/^user /d' -e 's,^pid .*,pid        /tmp/nginx.pid;,' nginx.conf
for place in client_body proxy fastcgi uwsgi scgi; do
  sed -i "s,^http {,&\n    ${place}_temp_path /tmp/${place}_temp;," nginx.conf
done
sed -i -e 's/listen       80;/listen       8080;/' -e 's/\[::\]:80;/[::]:8080;/' conf.d/default.conf
chown -R nginx:root /etc/nginx /var/cache/nginx
chmod -R g+w /etc/nginx /var/cache/nginx
