# Defines wrcor::hiredis, the client of Redis servers, if it is installed, and wrcor::hiredis_tls with TLS, which came
# with its version 1.0. The build includes this file, and so does the installed package.

if(TARGET wrcor::hiredis)
  return()
endif()

find_path(HIREDIS_INCLUDE_DIR hiredis/hiredis.h)
find_library(HIREDIS_LIBRARY hiredis)
find_library(HIREDIS_TLS_LIBRARY hiredis_ssl)
mark_as_advanced(HIREDIS_INCLUDE_DIR HIREDIS_LIBRARY HIREDIS_TLS_LIBRARY)
if(HIREDIS_INCLUDE_DIR AND HIREDIS_LIBRARY)
  add_library(wrcor::hiredis INTERFACE IMPORTED GLOBAL)
  target_include_directories(wrcor::hiredis SYSTEM INTERFACE "${HIREDIS_INCLUDE_DIR}")
  target_link_libraries(wrcor::hiredis INTERFACE "${HIREDIS_LIBRARY}")
  if(HIREDIS_TLS_LIBRARY)
    find_package(OpenSSL REQUIRED COMPONENTS SSL)
    add_library(wrcor::hiredis_tls INTERFACE IMPORTED GLOBAL)
    target_link_libraries(wrcor::hiredis_tls INTERFACE "${HIREDIS_TLS_LIBRARY}" wrcor::hiredis OpenSSL::SSL)
  endif()
endif()
