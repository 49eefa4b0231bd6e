# PostgreSQL of Debian's package. POSTGRES_URL names a server that is there already.

postgres_bin() {
  local found
  [[ -d /usr/lib/postgresql ]] || install_missing pg_lsclusters postgresql 'name a running server in POSTGRES_URL' >&2
  found=$(find /usr/lib/postgresql -path '*/bin/postgres' 2>/dev/null | sort -V | tail -n 1)
  [[ $found ]] || die "PostgreSQL is missing: install Debian's package postgresql, or name a running one in POSTGRES_URL"
  dirname "$found"
}

postgres_start() {
  local bin port data=$work/postgres as=()
  bin=$(postgres_bin)
  port=$(free_ports 1)
  mkdir "$data"
  if ((EUID == 0)); then
    # It refuses to run as root.
    as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
    chmod 711 "$work"
    chown postgres: "$data"
  fi
  "${as[@]}" "$bin/initdb" --pgdata="$data" --username=tester --auth=trust --encoding=UTF8 >"$work/initdb.log" ||
    die "$(cat "$work/initdb.log")"
  start postgres "${as[@]}" "$bin/postgres" -D "$data" -h 127.0.0.1 -p "$port" -k ''
  await postgres "$bin/pg_isready" -h 127.0.0.1 -p "$port"
  POSTGRES_URL=postgres://tester@127.0.0.1:$port/postgres
}

[[ ${POSTGRES_URL:-} ]] || postgres_start
export POSTGRES_URL
