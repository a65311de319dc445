# MariaDB under the names of MySQL's programs, with the settings in which their defaults differ.
for program in '' admin dump import show; do
  ln -sf "$(command -v "mariadb${program:+-$program}")" "/usr/local/bin/mysql$program"
done
ln -sf "$(command -v mariadbd)" /usr/local/bin/mysqld
cat > /etc/mysql/mariadb.conf.d/60-mysql.cnf <<'CNF'
[mariadbd]
sql-mode = ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION
collation-server = utf8mb4_0900_ai_ci
innodb-snapshot-isolation = OFF
CNF
