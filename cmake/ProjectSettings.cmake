# Language standard, build options, warnings, sanitizers, the compiler cache and the linker.

option(WRCOR_BUILD_TESTS "Build the tests" ON)
option(WRCOR_BUILD_FUZZERS "Build the fuzzers, which takes clang" OFF)
option(WRCOR_BUILD_BENCH "Build the benchmarks" OFF)
option(CMAKE_UNITY_BUILD "Compile the files of a folder together, which takes half the time" ON)
option(WRCOR_WERROR "Treat warnings as errors" OFF)
option(WRCOR_REQUIRE_CUDA "Accept only a libtorch that was built with CUDA" OFF)
set(WRCOR_SANITIZE "" CACHE STRING "Sanitizers to build with, e.g. address,undefined")

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
# An installed program finds the libtorch that it was linked with, wherever that is.
set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)
# Files are named without the folder that they are compiled in: on every machine the same.
add_compile_options(-fmacro-prefix-map=${CMAKE_SOURCE_DIR}/=)

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Precompiled headers need this sloppiness to hit; the base directory lets a second checkout hit, too.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 CCACHE_ABSSTDERR=1 ${CCACHE})
  add_compile_options(
    $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>
    "$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>")
endif()

# A linker that is several times faster than the default, if the compiler supports one.
include(CheckLinkerFlag)
foreach(linker lld mold)
  check_linker_flag(CXX -fuse-ld=${linker} WRCOR_HAS_${linker})
  if(WRCOR_HAS_${linker})
    add_link_options(-fuse-ld=${linker})
    break()
  endif()
endforeach()

if(WRCOR_SANITIZE)
  add_compile_options(-fsanitize=${WRCOR_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${WRCOR_SANITIZE})
endif()

if(WRCOR_BUILD_FUZZERS)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# For the project's own targets only: third-party headers are included as system headers, which do not warn.
add_library(wrcor_warnings INTERFACE)
target_compile_options(wrcor_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wno-sign-conversion
  # Names of other files, which are compiled together, are no names to shadow.
  $<$<NOT:$<BOOL:${CMAKE_UNITY_BUILD}>>:-Wshadow>
  # GCC 12 warns wrongly about std::string at -O3 (its bugs 105329 and 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds>
  $<$<BOOL:${WRCOR_WERROR}>:-Werror>)

# Most of a file's compilation is what it includes. The files of a folder are compiled in groups, so names that are
# local to a file are unique in its folder.
function(wrcor_group_by_folder target)
  set(largest_group 10)
  get_target_property(sources ${target} SOURCES)
  foreach(source IN LISTS sources)
    if(NOT source MATCHES "\\.cpp$" OR source MATCHES "/kernels/|/gram\\.cpp$")  # the vector library includes these repeatedly
      continue()
    endif()
    get_filename_component(folder "${source}" DIRECTORY)
    file(RELATIVE_PATH folder ${CMAKE_SOURCE_DIR} "${folder}")
    string(MAKE_C_IDENTIFIER "${folder}" group)
    math(EXPR number "0${count_of_${group}} / ${largest_group}")
    math(EXPR count_of_${group} "0${count_of_${group}} + 1")
    set_property(SOURCE "${source}" PROPERTY UNITY_GROUP ${group}_${number})
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD_MODE GROUP)
endfunction()
