# Writes a source file that builds files into the program: the assembler includes them unchanged. A changed file is
# included again.
#   wrcor_built_in_files(SOURCE HEADER FUNCTION FILE...)
#     SOURCE    variable that gets the path of the source file
#     HEADER    declares the function, in src/
#     FUNCTION  returns the files, a std::vector<wrcor::BuiltInFile>, by their names without folders
function(wrcor_built_in_files source header function)
  set(symbols "")
  set(assembly "")
  set(entries "")
  set(number 0)
  foreach(file IN LISTS ARGN)
    get_filename_component(name "${file}" NAME)
    set(symbol "wrcor_${function}_${number}")
    string(APPEND symbols "extern const char ${symbol}[], ${symbol}_end[];\n")
    string(APPEND assembly ".global ${symbol}, ${symbol}_end\n.hidden ${symbol}, ${symbol}_end\n"
           "${symbol}:\n.incbin \"${file}\"\n${symbol}_end:\n")
    string(APPEND entries "\n      file(\"${name}\", ${symbol}, ${symbol}_end),")
    math(EXPR number "${number} + 1")
  endforeach()
  set(path "${CMAKE_CURRENT_BINARY_DIR}/${function}.cpp")
  configure_file("${CMAKE_CURRENT_SOURCE_DIR}/cmake/built_in_files.cpp.in" "${path}" @ONLY)
  set_source_files_properties("${path}" PROPERTIES
    OBJECT_DEPENDS "${ARGN}" SKIP_PRECOMPILE_HEADERS ON INCLUDE_DIRECTORIES "${CMAKE_CURRENT_SOURCE_DIR}/src")
  set(${source} "${path}" PARENT_SCOPE)
endfunction()
