# Run when the archive is made: copies the shared libraries that `executables` use to `library_directory`, except those
# of the C library, which belong to the machine, and the licences from their packages to `licence_directory`.

file(GET_RUNTIME_DEPENDENCIES
  EXECUTABLES ${executables}
  RESOLVED_DEPENDENCIES_VAR libraries
  CONFLICTING_DEPENDENCIES_PREFIX ambiguous
  PRE_EXCLUDE_REGEXES "^ld-linux" "^linux-vdso" "^lib(c|m|mvec|dl|rt|pthread|resolv|util|anl|nsl|crypt)\\.so")
foreach(name IN LISTS ambiguous_FILENAMES)  # the loader takes the first
  list(GET ambiguous_${name} 0 library)
  list(APPEND libraries "${library}")
endforeach()

message(STATUS "Copying the libraries of the program to ${library_directory}")
file(MAKE_DIRECTORY "${library_directory}")
set(patterns "")
foreach(library IN LISTS libraries)
  # By the name by which it is requested, whatever chain of links that is.
  get_filename_component(name "${library}" NAME)
  file(REAL_PATH "${library}" file)
  file(COPY_FILE "${file}" "${library_directory}/${name}")
  get_filename_component(file_name "${file}" NAME)
  list(APPEND patterns "*/${file_name}")
endforeach()

find_program(DPKG_QUERY dpkg-query)
if(NOT DPKG_QUERY)
  message(WARNING "no dpkg-query: the licences of the libraries are not in the archive")
  return()
endif()
execute_process(COMMAND "${DPKG_QUERY}" --search ${patterns} OUTPUT_VARIABLE owners ERROR_QUIET)
string(REGEX MATCHALL "(^|\n)[a-z0-9][-a-z0-9+.]+" packages "${owners}")
list(TRANSFORM packages STRIP)
list(REMOVE_DUPLICATES packages)
foreach(package IN LISTS packages)
  set(copyright "/usr/share/doc/${package}/copyright")
  if(EXISTS "${copyright}")
    file(REAL_PATH "${copyright}" copyright)
    file(MAKE_DIRECTORY "${licence_directory}")
    file(COPY_FILE "${copyright}" "${licence_directory}/${package}")
  endif()
endforeach()
