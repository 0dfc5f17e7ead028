# `cpack`: an archive that includes all its libraries, and Debian packages that take them from the distribution.

if(torch_has_cuda)
  message(STATUS "Packages: none with a libtorch for CUDA, whose libraries take gigabytes; build where it is used")
  return()
endif()

# --- the archive: the libraries of the system next to the program
install(CODE "
  set(executables \"$<TARGET_FILE:wrcor>\" \"$<TARGET_FILE:wrcor_engine>\")
  set(library_directory \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${bundle_directory}\")
  set(licence_directory \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DOCDIR}/libraries\")
  include(\"${CMAKE_CURRENT_LIST_DIR}/bundle_libraries.cmake\")"
  COMPONENT libraries EXCLUDE_FROM_ALL)

set(CPACK_GENERATOR TGZ)
set(CPACK_PACKAGE_NAME wrcor)
set(CPACK_PACKAGE_VENDOR "The wrcor project")
set(CPACK_PACKAGE_CONTACT "The wrcor project <wrcor@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_FILE "${CMAKE_CURRENT_LIST_DIR}/package_description.txt")
set(CPACK_RESOURCE_FILE_LICENSE "${CMAKE_SOURCE_DIR}/LICENSE")
set(CPACK_PACKAGE_FILE_NAME "wrcor-${PROJECT_VERSION}-${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR}")
set(CPACK_STRIP_FILES ON)
set(CPACK_PROJECT_CONFIG_FILE "${CMAKE_CURRENT_LIST_DIR}/package_components.cmake")

# --- for Debian: wrcor to run, wrcor-dev to build against, so that users of the program need no headers
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME wrcor)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
# The BLAS that libtorch would get otherwise is several times slower.
set(CPACK_DEBIAN_PROGRAM_PACKAGE_RECOMMENDS "libopenblas0-pthread, ca-certificates")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SUGGESTS bash-completion)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME wrcor-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
file(READ "${CPACK_PACKAGE_DESCRIPTION_FILE}" CPACK_COMPONENT_PROGRAM_DESCRIPTION)
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "Libraries, headers and CMake package, for C++ programs that rank networks themselves.")
# The packages that wrcorConfig.cmake searches for.
string(JOIN ", " CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
  libtorch-dev nlohmann-json3-dev libspdlog-dev libyaml-cpp-dev libhwy-dev libssl-dev libcurl4-openssl-dev
  libarchive-dev libhiredis-dev zlib1g-dev libpng-dev libjpeg-dev)

find_program(DPKG_SHLIBDEPS dpkg-shlibdeps)
if(DPKG_SHLIBDEPS AND torch_directory MATCHES "^/usr/(lib|share)/")
  list(APPEND CPACK_GENERATOR DEB)
else()
  message(STATUS "Packages: an archive only; Debian packages take dpkg-dev and the distribution's libtorch")
endif()

include(CPack)
