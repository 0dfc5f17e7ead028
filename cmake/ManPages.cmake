# The man pages, from the pages of the manual on the commands.

find_program(PANDOC pandoc)
find_program(GZIP gzip)
if(NOT PANDOC OR NOT GZIP)
  message(STATUS "Man pages: left out, as pandoc is not installed")
  return()
endif()

file(GLOB command_pages CONFIGURE_DEPENDS docs/commands/*.md)
set(filter "${CMAKE_CURRENT_LIST_DIR}/man_page.lua")
file(MAKE_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}/man")
string(TIMESTAMP man_date "%Y-%m-%d" UTC)
set(man_pages "")
foreach(page IN LISTS command_pages)
  get_filename_component(name "${page}" NAME_WE)
  if(NOT name STREQUAL wrcor)
    string(PREPEND name wrcor-)
  endif()
  set(man_page "${CMAKE_CURRENT_BINARY_DIR}/man/${name}.1")
  add_custom_command(OUTPUT "${man_page}.gz"
    COMMAND "${PANDOC}" --standalone --from=markdown-smart-tex_math_dollars --to=man --lua-filter=${filter}
            --metadata=title:${name} --metadata=section:1 "--metadata=footer:wrcor ${PROJECT_VERSION}"
            --metadata=date:${man_date} "--metadata=header:The manual of wrcor" --output=${man_page} ${page}
    COMMAND "${GZIP}" -9 --no-name --force ${man_page}
    DEPENDS "${page}" "${filter}"
    COMMENT "Man page ${name}(1)" VERBATIM)
  list(APPEND man_pages "${man_page}.gz")
endforeach()
add_custom_target(man_pages ALL DEPENDS ${man_pages})
install(FILES ${man_pages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT program)
