# FerretDB, which speaks MongoDB's protocol, over SQLite. MONGODB_URL names a server that is there already.

mongodb_binary() {
  local version binary
  version=$(sed -n 's#.*github.com/FerretDB/FerretDB \(v[0-9.]*\).*#\1#p' "$here/mongodb/go.mod")
  binary=$cache/ferretdb-$version
  [[ -x $binary ]] || need go 'install Go 1.24 or later, or name a running MongoDB in MONGODB_URL'
  build_once "$binary" mongodb -tags ferretdb_sqlite .
  echo "$binary"
}

mongodb_start() {
  local binary port
  binary=$(mongodb_binary)
  port=$(free_ports 1)
  mkdir "$work/mongodb"
  start mongodb "$binary" "$work/mongodb" "$port"
  await mongodb bash -c "exec 3<>/dev/tcp/127.0.0.1/$port"
  MONGODB_URL=mongodb://127.0.0.1:$port
}

[[ ${MONGODB_URL:-} ]] || mongodb_start
export MONGODB_URL
