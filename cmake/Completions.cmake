# The completion scripts of the shells, which the program prints from its own definitions.

# wrcor_completion(SHELL FILE FOLDER): the folder below share/ is where the shell looks for the file.
function(wrcor_completion shell file folder)
  set(script "${CMAKE_CURRENT_BINARY_DIR}/completions/${file}")
  add_custom_command(OUTPUT "${script}"
    COMMAND wrcor completion ${shell} > "${script}"
    DEPENDS wrcor
    COMMENT "Completion for ${shell}" VERBATIM)
  add_custom_target(completion_${shell} ALL DEPENDS "${script}")
  install(FILES "${script}" DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/${folder} COMPONENT program)
endfunction()

if(CMAKE_CROSSCOMPILING)
  message(STATUS "Completion scripts: left out, as the program does not run on the machine that builds it")
else()
  file(MAKE_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}/completions")
  wrcor_completion(bash wrcor bash-completion/completions)
  wrcor_completion(zsh _wrcor zsh/site-functions)
  wrcor_completion(fish wrcor.fish fish/vendor_completions.d)
endif()
