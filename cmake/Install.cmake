# `cmake --install` and the packages, in three components:
#   program      the two executables, their manual and completions
#   development  the libraries, their headers and a CMake package: find_package(wrcor) gives wrcor::core, and wrcor::base,
#                which does not use libtorch
#   libraries    the shared libraries of the system that the program uses; for the archive only, see Packages.cmake

include(CMakePackageConfigHelpers)

set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME program)
set(wrcor_package_directory ${CMAKE_INSTALL_LIBDIR}/cmake/wrcor)
set(bundle_directory ${CMAKE_INSTALL_LIBDIR}/wrcor)

# Where a target installed in `directory` finds the shared libraries of the archive. As DT_RPATH, which, unlike
# DT_RUNPATH, also applies to the dependencies of those libraries.
function(wrcor_find_bundle target directory)
  file(RELATIVE_PATH path "/${directory}" "/${bundle_directory}")
  set_target_properties(${target} PROPERTIES INSTALL_RPATH "$ORIGIN/${path}")
  target_link_options(${target} PRIVATE -Wl,--disable-new-dtags)
endfunction()
wrcor_find_bundle(wrcor ${CMAKE_INSTALL_BINDIR})
wrcor_find_bundle(wrcor_engine ${engine_directory})

install(TARGETS wrcor RUNTIME)
install(TARGETS wrcor_engine RUNTIME DESTINATION ${engine_directory})

# The manual and the files that it refers to, with the same relative paths.
install(FILES README.md CHANGELOG.md CONTRIBUTING.md LICENSE TYPE DOC)
install(DIRECTORY docs configs TYPE DOC)
install(FILES cmake/copyright TYPE DOC)
install(FILES cmake/copyright DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/wrcor-dev COMPONENT development)
install(DIRECTORY examples TYPE DOC COMPONENT development)

install(TARGETS wrcor_base wrcor_core EXPORT wrcorTargets ARCHIVE COMPONENT development)
install(DIRECTORY include/wrcor TYPE INCLUDE COMPONENT development)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/include/wrcor/core/version.h"
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/wrcor/core COMPONENT development)
install(EXPORT wrcorTargets NAMESPACE wrcor:: DESTINATION ${wrcor_package_directory} COMPONENT development)
configure_package_config_file(cmake/wrcorConfig.cmake.in wrcorConfig.cmake
  INSTALL_DESTINATION ${wrcor_package_directory}
  NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/wrcorConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
# The two Find files define the same targets for the package's users as for this build.
install(FILES
  "${CMAKE_CURRENT_BINARY_DIR}/wrcorConfig.cmake" "${CMAKE_CURRENT_BINARY_DIR}/wrcorConfigVersion.cmake"
  cmake/FindLibtorch.cmake cmake/FindYamlCpp.cmake cmake/FindHiredis.cmake
  DESTINATION ${wrcor_package_directory} COMPONENT development)
