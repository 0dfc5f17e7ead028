# Writes the source file that builds golden scores into the program, for `wrcor doctor --self-test`: the assembler
# takes the files in as they are. A file that changes is taken in again.
#   wrcor_golden_data(SOURCE FOLDER)  sets SOURCE to the path of the source file
function(wrcor_golden_data source folder)
  file(GLOB files CONFIGURE_DEPENDS "${folder}/golden.json" "${folder}/*.pt")
  set(golden_symbols "")
  set(golden_assembly "")
  set(golden_entries "")
  set(number 0)
  foreach(file IN LISTS files)
    get_filename_component(name "${file}" NAME)
    set(symbol "wrcor_golden_${number}")
    string(APPEND golden_symbols "extern const char ${symbol}[], ${symbol}_end[];\n")
    string(APPEND golden_assembly ".global ${symbol}, ${symbol}_end\n.hidden ${symbol}, ${symbol}_end\n"
           "${symbol}:\n.incbin \"${file}\"\n${symbol}_end:\n")
    string(APPEND golden_entries "\n      file(\"${name}\", ${symbol}, ${symbol}_end),")
    math(EXPR number "${number} + 1")
  endforeach()
  set(path "${CMAKE_CURRENT_BINARY_DIR}/golden_data.cpp")
  configure_file("${CMAKE_CURRENT_SOURCE_DIR}/cmake/golden_data.cpp.in" "${path}" @ONLY)
  set_source_files_properties("${path}" PROPERTIES
    OBJECT_DEPENDS "${files}" SKIP_PRECOMPILE_HEADERS ON INCLUDE_DIRECTORIES "${CMAKE_CURRENT_SOURCE_DIR}/src/run")
  set(${source} "${path}" PARENT_SCOPE)
endfunction()
