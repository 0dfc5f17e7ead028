# `cmake --install`: the program, the libraries, their headers, and a CMake package, so that another project gets
# all of it with find_package(wrcor) and links wrcor::core (or wrcor::base, which does without libtorch).

include(CMakePackageConfigHelpers)

set(wrcor_package_directory ${CMAKE_INSTALL_LIBDIR}/cmake/wrcor)

install(TARGETS wrcor RUNTIME)
install(TARGETS wrcor_engine RUNTIME DESTINATION ${engine_directory})
install(TARGETS wrcor_base wrcor_core EXPORT wrcorTargets ARCHIVE)
install(DIRECTORY include/wrcor TYPE INCLUDE)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/include/wrcor/core/version.h"
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/wrcor/core)
install(FILES LICENSE TYPE DOC)

install(EXPORT wrcorTargets NAMESPACE wrcor:: DESTINATION ${wrcor_package_directory})
configure_package_config_file(cmake/wrcorConfig.cmake.in wrcorConfig.cmake
  INSTALL_DESTINATION ${wrcor_package_directory}
  NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/wrcorConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
# The two Find files give the same targets to the package's users as to this build.
install(FILES
  "${CMAKE_CURRENT_BINARY_DIR}/wrcorConfig.cmake" "${CMAKE_CURRENT_BINARY_DIR}/wrcorConfigVersion.cmake"
  cmake/FindLibtorch.cmake cmake/FindYamlCpp.cmake
  DESTINATION ${wrcor_package_directory})
