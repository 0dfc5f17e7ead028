# shellcheck shell=bash
# Installs what the build lacks and builds. Sourced by scripts/wrcor and scripts/test; not for direct use.
#
# All output goes to standard error. If nothing is missing and nothing has changed, it takes well under a second. Read
# from the environment:
#   Torch_DIR, CMAKE_PREFIX_PATH   where libtorch (and other libraries) are, before python3's and the system's
#   WRCOR_PRESET                   preset of CMakePresets.json to build (default: release)
#   WRCOR_WERROR                   ON makes compiler warnings errors (continuous integration)
#   CMAKE_BUILD_PARALLEL_LEVEL     number of concurrent compilers (default: as many as cores and memory allow)

root=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)
preset=${WRCOR_PRESET:-release}
werror=${WRCOR_WERROR:-OFF}
build_dir=$root/build/$preset
# These configure the build; the program would read WRCOR_* as its own settings.
unset WRCOR_PRESET WRCOR_WERROR

say() { printf 'wrcor: %s\n' "$*" >&2; }
die() {
  printf 'wrcor: error: %s\n' "$*" >&2
  exit 1
}

# --- what is missing -------------------------------------------------------------------------------------

# One line per dependency: Debian package, kind, evidence that it is installed without the package.
#   tool: a program;  header: a header below one of the include directories;  script: one of JavaScript, for browsers;
#   extra: an optional program
readonly dependencies='
g++                  tool    c++ g++ clang++
cmake                tool    cmake
ninja-build          tool    ninja
libcli11-dev         header  CLI/CLI.hpp
nlohmann-json3-dev   header  nlohmann/json.hpp
libspdlog-dev        header  spdlog/spdlog.h
libyaml-cpp-dev      header  yaml-cpp/yaml.h
libhwy-dev           header  hwy/highway.h
libssl-dev           header  openssl/evp.h
libcurl4-openssl-dev header  curl/curl.h
libarchive-dev       header  archive.h
zlib1g-dev           header  zlib.h
libpng-dev           header  png.h
libjpeg-dev          header  jpeglib.h
libhiredis-dev       header  hiredis/hiredis.h
libjs-chart.js       script  chart.js/chart.min.js
catch2               header  catch2/catch.hpp catch2/catch_all.hpp
libvalijson-dev      header  valijson/validator.hpp
ca-certificates      extra   update-ca-certificates
ccache               extra   ccache
lld                  extra   ld.lld ld.mold
pandoc               extra   pandoc
python3              extra   python3
redis-server         extra   redis-server valkey-server
'

# installed_packages NAME...: those of them that dpkg has installed, one per line.
installed_packages() {
  command -v dpkg-query >/dev/null || return 0
  # shellcheck disable=SC2016  # the braces are dpkg-query's, which fails when it knows one of the names not
  { dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true; } |
    sed -n 's/ installed$//p'
}

# Prefixes in CMAKE_PREFIX_PATH, one per line (separated there by ':' or ';').
hinted_prefixes() { printf '%s\n' "${CMAKE_PREFIX_PATH:-}" | sed 's/[:;]/\n/g' | grep . || true; }

has_any_program() {
  local name
  for name in "$@"; do
    if command -v "$name" >/dev/null; then return 0; fi
  done
  return 1
}

has_any_header() {
  local name directory
  while IFS= read -r directory; do
    for name in "$@"; do
      if [ -e "$directory/$name" ]; then return 0; fi
    done
  done < <(
    printf '%s\n' /usr/include /usr/local/include
    printf '%s\n' "/usr/include/$(uname -m)-linux-gnu"
    printf '%s\n' "${CPATH:-}" | tr ':' '\n' | grep . || true
    hinted_prefixes | sed 's:$:/include:'
  )
  return 1
}

# For cmake/FindChartJs.cmake, which also searches other places.
has_script() {
  local prefix
  while IFS= read -r prefix; do
    if [ -e "$prefix/share/javascript/$1" ] || [ -e "$prefix/node_modules/${1%%/*}/dist" ]; then return 0; fi
  done < <(printf '%s\n' /usr /usr/local && hinted_prefixes)
  return 1
}

# Sets missing_needed and missing_extra to arrays of package names.
find_missing_packages() {
  local package kind signs installed
  missing_needed=() missing_extra=()
  # shellcheck disable=SC2046  # one word a package
  installed=$'\n'$(installed_packages $(awk 'NF { print $1 }' <<<"$dependencies"))$'\n'
  while read -r package kind signs; do
    case $installed in *$'\n'"$package"$'\n'*) continue ;; esac
    # shellcheck disable=SC2086  # a list of words
    case $kind in
      tool) has_any_program $signs || missing_needed+=("$package") ;;
      header) has_any_header $signs || missing_needed+=("$package") ;;
      script) has_script "$signs" || missing_needed+=("$package") ;;
      extra) has_any_program $signs || missing_extra+=("$package") ;;
    esac
  done < <(grep . <<<"$dependencies")
}

# torch_config_below PREFIX: whether a libtorch's CMake package is there.
torch_config_below() {
  local place
  for place in "$1" "$1/Torch" "$1/share/cmake/Torch" "$1"/lib*/cmake/Torch "$1"/lib/*/cmake/Torch; do
    if [ -f "$place/TorchConfig.cmake" ]; then
      torch_config=$place/TorchConfig.cmake
      return 0
    fi
  done
  return 1
}

# Finds a libtorch to build with, in the order of cmake/FindLibtorch.cmake; sets torch_config to its CMake package and
# torch_source to where it was found.
find_libtorch() {
  local prefix python_torch
  torch_source='' torch_config=''
  if [ -n "${Torch_DIR:-}" ]; then
    torch_config_below "$Torch_DIR" || die "Torch_DIR is '$Torch_DIR', which has no TorchConfig.cmake"
    torch_source=Torch_DIR
    return 0
  fi
  while IFS= read -r prefix; do
    if torch_config_below "$prefix"; then torch_source=CMAKE_PREFIX_PATH && return 0; fi
  done < <(hinted_prefixes)
  if command -v python3 >/dev/null; then
    python_torch=$(python3 -c 'import importlib.util as u
s = u.find_spec("torch")
print(s.submodule_search_locations[0] if s else "")' 2>/dev/null || true)
    if [ -n "$python_torch" ] && torch_config_below "$python_torch"; then
      if grep -q '_GLIBCXX_USE_CXX11_ABI=0' "$torch_config"; then
        [ -e "$build_dir/configured" ] || say "passing over the torch of python3, which has the old C++ ABI ('torch>=2.7' has the new one)"
      else
        torch_source=python3 && return 0
      fi
    fi
  fi
  if torch_config_below /usr/local || torch_config_below /usr; then torch_source=system && return 0; fi
  torch_config=''
  return 1
}

torch_is_before_2() {
  grep -qE 'PACKAGE_VERSION "[01]\.' "$(dirname -- "$torch_config")/TorchConfigVersion.cmake" 2>/dev/null
}

# --- installing ------------------------------------------------------------------------------------------

# Sets as_root to the words to put before a command, or returns 1.
find_root() {
  as_root=()
  if [ "$(id -u)" -eq 0 ]; then return 0; fi
  command -v sudo >/dev/null || return 1
  as_root=(sudo)
  # Without a terminal sudo cannot ask for a password.
  [ -t 0 ] || sudo -n true 2>/dev/null
}

apt_run() {
  local log=$1
  shift
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get "$@" </dev/null >>"$log" 2>&1
}

libtorch_help() {
  printf '%s' "this system has no libtorch package: install PyTorch ('pip install torch', version 2.7 or later), " \
    "or unpack libtorch (C++11 ABI) from pytorch.org and set Torch_DIR to its share/cmake/Torch; then run this again"
}

install_missing() {
  local wanted=("${missing_needed[@]}" "${missing_extra[@]}") line log candidate
  if [ "$need_libtorch" = yes ]; then wanted+=(libtorch-dev); fi
  if [ "$need_openblas" = yes ]; then wanted+=(libopenblas0-pthread); fi
  if [ ${#wanted[@]} -eq 0 ]; then return 0; fi

  if ! command -v apt-get >/dev/null; then
    if [ ${#missing_needed[@]} -gt 0 ]; then
      die "missing, and this machine has no apt-get to install it; what Debian calls: ${missing_needed[*]}"
    fi
    [ "$need_libtorch" = no ] || die "$(libtorch_help)"
    return 0
  fi

  line="apt-get update && apt-get install --no-install-recommends ${wanted[*]}"
  if ! find_root; then
    if [ ${#missing_needed[@]} -eq 0 ] && [ "$need_libtorch" = no ]; then
      say "going on without ${wanted[*]}, which is not needed but of use: $line"
      return 0
    fi
    die "packages are missing, and installing them takes root. Run as root: $line"
  fi

  say "installing ${wanted[*]}$([ "$need_libtorch" = no ] || printf ' (libtorch-dev is large: some minutes)')"
  log=$root/build/install.log
  : >"$log"
  apt_run "$log" update -q || say "apt-get update failed; going on with the package lists that are there"
  if [ "$need_libtorch" = yes ]; then
    candidate=$(LC_ALL=C apt-cache policy libtorch-dev 2>/dev/null | sed -n 's/^ *Candidate: *//p')
    case $candidate in '' | '(none)') die "$(libtorch_help)" ;; esac
  fi
  if ! apt_run "$log" install -y -q --no-install-recommends -o DPkg::Lock::Timeout=600 "${wanted[@]}"; then
    cat "$log" >&2
    die "the installation failed; its output is above. By hand, as root: $line"
  fi
}

ensure_dependencies() {
  need_libtorch=no need_openblas=no
  find_missing_packages
  find_libtorch || need_libtorch=yes
  # Debian's libtorch uses any installed BLAS, and the reference BLAS makes a network five times slower.
  if [ "$need_libtorch" = yes ] || [ "$torch_source" = system ]; then
    if [ -z "$(installed_packages libopenblas0-pthread libopenblas0-openmp)" ] && command -v dpkg-query >/dev/null &&
      { [ "$need_libtorch" = yes ] || [ -n "$(installed_packages libtorch-dev)" ]; }; then
      need_openblas=yes
    fi
  fi
  install_missing
  if [ "$need_libtorch" = yes ]; then
    find_libtorch || die "libtorch-dev was installed, but no TorchConfig.cmake is to be found"
  fi
  # Required by cmake/Dependencies.cmake.
  if torch_is_before_2 && [ ! -d /usr/include/c++/11 ] && "${CXX:-c++}" --version 2>/dev/null | grep -q clang; then
    missing_needed=(libstdc++-11-dev) missing_extra=() need_libtorch=no need_openblas=no
    install_missing
  fi
}

# --- building --------------------------------------------------------------------------------------------

# What a configured build directory depends on besides the files that CMake watches itself. A change of the first line
# needs a new build directory.
configuration() {
  printf '%s\n' "root=$root CC=${CC:-} CXX=${CXX:-} CXXFLAGS=${CXXFLAGS:-} LDFLAGS=${LDFLAGS:-}" \
    "preset=$preset werror=$werror torch=$torch_config CMAKE_PREFIX_PATH=${CMAKE_PREFIX_PATH:-}"
}

run_cmake_configure() {
  (
    cd -- "$root" || exit
    cmake --preset "$preset" "-DWRCOR_WERROR=$werror" "-DTorch_DIR=$(dirname -- "$torch_config")"
  ) >"$build_dir/configure.log" 2>&1 </dev/null
}

# Keeps the compiled objects, which ninja reuses if they are still up to date.
forget_configuration() {
  rm -rf -- "$build_dir/CMakeCache.txt" "$build_dir/build.ninja" "$build_dir/configured" \
    "$build_dir"/CMakeFiles/[0-9]* "$build_dir"/CMakeFiles/CMake[ST]*
}

configure() {
  say "configuring the $preset build"
  if [ -e "$build_dir/configured" ] &&
    [ "$(configuration | head -n 1)" != "$(head -n 1 "$build_dir/configured")" ]; then
    forget_configuration
  fi
  # The results of an earlier configuration may be outdated, or it was interrupted: only a fresh one may fail.
  if ! run_cmake_configure; then
    forget_configuration
    if ! run_cmake_configure; then
      cat "$build_dir/configure.log" >&2
      die "the configuration failed; its output is above"
    fi
  fi
  configuration >"$build_dir/configured"
}

# As many compilers as there are cores, and 2 GB of memory for each.
parallel_jobs() {
  local cores memory
  cores=$(nproc 2>/dev/null || echo 2)
  memory=$(awk '/^MemAvailable:/ { print int($2 / 2000000) }' /proc/meminfo 2>/dev/null || echo "$cores")
  if [ "${memory:-0}" -lt 1 ]; then memory=1; fi
  if [ "$memory" -lt "$cores" ]; then echo "$memory"; else echo "$cores"; fi
}

# Converts ninja's output to progress on standard error: nothing if there is nothing to do.
show_progress() {
  local line started=no next=30
  SECONDS=0
  while IFS= read -r line; do
    [[ $line =~ ^\[([0-9]+)/([0-9]+)\] ]] || continue
    case $line in *'Re-checking globbed directories'* | *'Re-running CMake'*) continue ;; esac
    if [ "$started" = no ]; then
      say "building (${BASH_REMATCH[2]} steps)"
      started=yes
    fi
    if [ -t 2 ]; then
      printf '\r\033[K%s of %s' "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" >&2
    elif [ "$SECONDS" -ge "$next" ]; then
      say "built ${BASH_REMATCH[1]} of ${BASH_REMATCH[2]}"
      next=$((SECONDS + 30))
    fi
  done
  if [ "$started" = yes ] && [ -t 2 ]; then printf '\r\033[K' >&2; fi
}

run_ninja() {
  local jobs=()
  [ -n "${CMAKE_BUILD_PARALLEL_LEVEL:-}" ] || jobs=(--parallel "$(parallel_jobs)")
  cmake --build "$build_dir" --target "$1" "${jobs[@]}" 2>&1 </dev/null | tee "$build_dir/build.log" | show_progress
  return "${PIPESTATUS[0]}"
}

# build_target TARGET: brings the target up to date, or ends the script with the full output of the failed command.
build_target() {
  if [ ! -f "$build_dir/build.ninja" ] || [ "$(configuration)" != "$(cat "$build_dir/configured" 2>/dev/null)" ]; then
    configure
  fi
  if run_ninja "$1"; then return 0; fi
  # If no compiler failed, the build directory is broken.
  if ! grep -v '^FAILED: build.ninja' "$build_dir/build.log" | grep -q '^FAILED: '; then
    forget_configuration
    configure
    if run_ninja "$1"; then return 0; fi
  fi
  cat "$build_dir/build.log" >&2
  die "the build failed; its output is above"
}

# set_up TARGET: everything above, one process at a time.
set_up() {
  mkdir -p "$build_dir"
  if command -v flock >/dev/null; then
    exec 9>"$root/build/lock"
    if ! flock -n 9; then
      say 'waiting for another set-up of this checkout to end'
      flock 9
    fi
  fi
  ensure_dependencies
  build_target "$1"
  # Closed before the program starts, which would otherwise hold the lock while it runs.
  exec 9>&-
}
