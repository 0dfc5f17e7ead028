# Imported targets of everything that is linked, whatever version a system ships, and of built-in files.

find_package(Threads REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(hwy REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(CURL REQUIRED)
find_package(LibArchive REQUIRED)
find_package(ZLIB REQUIRED)
find_package(PNG REQUIRED)
find_package(JPEG REQUIRED)
include(FindChartJs)
include(FindYamlCpp)
include(FindHiredis)
include(FindLibtorch)

# Since libstdc++ 12 has a constexpr vector, clang rejects the headers of libtorch before 2.0 as C++20.
if(CMAKE_CXX_COMPILER_ID STREQUAL Clang AND torch_version VERSION_LESS 2)
  file(GLOB libstdcxx_11 /usr/include/c++/11 /usr/include/*/c++/11)
  if(NOT libstdcxx_11)
    message(FATAL_ERROR "clang compiles libtorch ${torch_version} with the headers of libstdc++ 11 only: install Debian's "
                        "libstdc++-11-dev, or take g++ or a libtorch from 2.0 on")
  endif()
  add_compile_options(-nostdinc++)
  include_directories(SYSTEM ${libstdcxx_11})
endif()
