#!/usr/bin/env bash
# Test: cpack makes packages of a build; the program in the archive runs with the archive's libraries, the Debian
# packages have correct descriptions and dependencies.
#   packages.sh CMAKE BUILD_DIRECTORY
set -euo pipefail

cmake=$1 build=$2
source_dir=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
  printf '%s\n' "$@" >&2
  exit 1
}
# expect_files FOLDER FILE...
expect_files() {
  local file folder=$1
  shift
  for file in "$@"; do [ -s "$folder/$file" ] || fail "there is no $file in the package"; done
}
man_pages() { if [ -d "$build/man" ]; then printf '%s\n' "$1/man/man1/wrcor.1.gz" "$1/man/man1/wrcor-search.1.gz"; fi; }

cpack=$(dirname -- "$cmake")/cpack
(cd -- "$build" && "$cpack" -B "$work" >"$work/cpack.log") || fail "cpack failed:" "$(cat "$work/cpack.log")"

# --- the archive
mkdir "$work/unpacked"
tar -xzf "$work"/wrcor-*.tar.gz -C "$work/unpacked"
mv "$work/unpacked"/wrcor-* "$work/elsewhere"
cd -- "$work/elsewhere"
mapfile -t man_pages < <(man_pages share)
expect_files . bin/wrcor libexec/wrcor/wrcor-engine share/doc/wrcor/docs/README.md share/doc/wrcor/LICENSE \
  share/bash-completion/completions/wrcor share/zsh/site-functions/_wrcor share/fish/vendor_completions.d/wrcor.fish \
  include/wrcor/core/version.h lib/cmake/wrcor/wrcorConfig.cmake lib/libwrcor_core.a "${man_pages[@]}"
for page in "${man_pages[@]}"; do
  command -v man >/dev/null || break
  warnings=$(man --warnings --encoding=UTF-8 --local-file --troff-device=utf8 --ditroff "$page" 2>&1 >/dev/null)
  [ -z "$warnings" ] || fail "$page:" "$warnings"
done
# All libraries are the archive's, except those of the C library.
unset LD_LIBRARY_PATH "${!WRCOR@}"
foreign=$(ldd bin/wrcor libexec/wrcor/wrcor-engine | sed -nE 's/^\s+(\S+) => (\S+).*/\1 \2/p' | grep -vF " $PWD/" |
  grep -vE '^lib(c|m|mvec|dl|rt|pthread|resolv|util|anl|nsl|crypt)\.so' || true)
[ -z "$foreign" ] || fail 'the archive lacks libraries:' "$foreign"
if grep -qF "$source_dir" bin/wrcor libexec/wrcor/wrcor-engine; then fail 'the program names the folder that it was built in'; fi
bin/wrcor --version | grep '^wrcor [0-9]' >/dev/null || fail 'the program in the archive does not start'
bin/wrcor list strategies | grep '^evolution ' >/dev/null || fail 'the program in the archive lists no strategies'
bin/wrcor search --strategy random --budget 3 --channels 4 --cells 1 --batch-size 8 --quiet --out "$work/run" >"$work/ranking"
[ "$(wc -l <"$work/ranking")" = 4 ] || fail 'a search with the program of the archive printed' "$(cat "$work/ranking")"

# --- the Debian packages, if this build makes any
debs=("$work"/*.deb)
[ -e "${debs[0]}" ] || exit 0
[ "${#debs[@]}" = 2 ] || fail "expected two packages, got ${debs[*]}"
field() { dpkg-deb --field "$work"/"$1"_*.deb "$2"; }
[ "$(field wrcor Package) $(field wrcor-dev Package)" = 'wrcor wrcor-dev' ]
[ "$(field wrcor Version)" = "$("$build/wrcor" --version | cut -d' ' -f2)" ] || fail 'the version of the package is another one'
for library in libtorch libc6 libstdc++6 libyaml-cpp libcurl libarchive; do
  [[ $(field wrcor Depends) == *"$library"* ]] || fail "wrcor does not depend on $library: $(field wrcor Depends)"
done
# Building against the libraries needs their build dependencies.
for package in libtorch-dev nlohmann-json3-dev $(sed -nE 's/^(lib[a-z0-9-]+-dev) +header.*/\1/p' "$source_dir/scripts/setup.sh"); do
  case $package in libcli11-dev | libvalijson-dev) continue ;; esac # of the program, of the tests
  [[ ", $(field wrcor-dev Depends)," == *", $package,"* ]] || fail "wrcor-dev does not depend on $package"
done
for package in wrcor wrcor-dev; do
  dpkg-deb --extract "$work/$package"_*.deb "$work/$package"
  expect_files "$work/$package/usr" "share/doc/$package/copyright"
done
mapfile -t man_pages < <(man_pages usr/share)
expect_files "$work/wrcor" usr/bin/wrcor usr/libexec/wrcor/wrcor-engine usr/share/doc/wrcor/docs/README.md \
  usr/share/bash-completion/completions/wrcor "${man_pages[@]}"
expect_files "$work/wrcor-dev" usr/include/wrcor/core/version.h usr/lib/cmake/wrcor/wrcorConfig.cmake usr/lib/libwrcor_core.a
if find "$work/wrcor" -name '*.so*' | grep .; then fail 'the Debian package has libraries of other packages'; fi
"$work/wrcor/usr/bin/wrcor" list strategies >/dev/null || fail 'the program in the package does not start'
