# Defines wrcor::yaml_cpp: yaml-cpp under one name, because version 0.8 renamed its target. The build includes this
# file, and so does the installed package.

if(TARGET wrcor::yaml_cpp)
  return()
endif()

find_package(yaml-cpp REQUIRED)
add_library(wrcor::yaml_cpp INTERFACE IMPORTED GLOBAL)
if(TARGET yaml-cpp::yaml-cpp)
  target_link_libraries(wrcor::yaml_cpp INTERFACE yaml-cpp::yaml-cpp)
else()
  target_link_libraries(wrcor::yaml_cpp INTERFACE yaml-cpp)
endif()
