# Defines wrcor::libtorch, found in this order: Torch_DIR; CMAKE_PREFIX_PATH (each as a variable or in the
# environment); the torch of python3; the system (Debian: libtorch-dev).
# The build includes this file, and so does the installed package. scripts/setup.sh follows the same order.

if(TARGET wrcor::libtorch)
  return()
endif()

# First directory with a TorchConfig.cmake at or below the given prefixes, or nothing.
function(wrcor_torch_below result)
  set(${result} "" PARENT_SCOPE)
  foreach(prefix IN LISTS ARGN)
    foreach(suffix . Torch share/cmake/Torch lib/cmake/Torch lib64/cmake/Torch
                   lib/${CMAKE_LIBRARY_ARCHITECTURE}/cmake/Torch)
      if(EXISTS "${prefix}/${suffix}/TorchConfig.cmake")
        get_filename_component(directory "${prefix}/${suffix}" ABSOLUTE)
        set(${result} "${directory}" PARENT_SCOPE)
        return()
      endif()
    endforeach()
  endforeach()
endfunction()

# Whether a libtorch was built with the C++ library's ABI from before 2015, which nothing else on the system uses: the
# two do not link.
function(wrcor_torch_has_old_abi result directory)
  file(STRINGS "${directory}/TorchConfig.cmake" lines REGEX "_GLIBCXX_USE_CXX11_ABI=0")
  if(lines)
    set(${result} ON PARENT_SCOPE)
  else()
    set(${result} OFF PARENT_SCOPE)
  endif()
endfunction()

set(torch_old_abi_message "was built with _GLIBCXX_USE_CXX11_ABI=0 and cannot be linked with the system's libraries")

# 1 and 2: the user's choice.
file(TO_CMAKE_PATH "$ENV{Torch_DIR}" torch_env_dir)
file(TO_CMAKE_PATH "$ENV{CMAKE_PREFIX_PATH}" torch_env_prefixes)
wrcor_torch_below(torch_directory ${Torch_DIR} ${torch_env_dir} ${CMAKE_PREFIX_PATH} ${torch_env_prefixes})
if(torch_directory)
  wrcor_torch_has_old_abi(torch_old_abi "${torch_directory}")
  if(torch_old_abi)
    message(FATAL_ERROR "The libtorch at ${torch_directory} ${torch_old_abi_message}. Take one with the C++11 ABI "
                        "(from PyTorch's site: 'cxx11 ABI'; from pip: version 2.7 or later).")
  endif()
endif()

# 3: the torch of python3, located without importing it, which would take seconds.
if(NOT torch_directory)
  execute_process(
    COMMAND python3 -c "import importlib.util as u; s = u.find_spec('torch'); print(s.submodule_search_locations[0] if s else '')"
    OUTPUT_VARIABLE torch_python OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  wrcor_torch_below(torch_directory ${torch_python})
  if(torch_directory)
    wrcor_torch_has_old_abi(torch_old_abi "${torch_directory}")
    if(torch_old_abi)
      message(STATUS "libtorch: the one of python3 is passed over: it ${torch_old_abi_message}")
      set(torch_directory "")
    endif()
  endif()
endif()

# 4: the system.
if(NOT torch_directory)
  wrcor_torch_below(torch_directory ${CMAKE_SYSTEM_PREFIX_PATH})
endif()
if(NOT torch_directory)
  message(FATAL_ERROR "No libtorch found. Install Debian's libtorch-dev, or a torch for python3 (pip install torch), "
                      "or unpack libtorch and set Torch_DIR to its share/cmake/Torch.")
endif()

# PyTorch's own packages are a tree with include/, lib/ and share/. With CUDA, their CMake package insists on a
# CUDA toolkit, which linking does not need: then the libraries are named here.
get_filename_component(torch_root "${torch_directory}/../../.." ABSOLUTE)
set(torch_cuda_library "${torch_root}/lib/libtorch_cuda.so")
add_library(wrcor::libtorch INTERFACE IMPORTED GLOBAL)
if(EXISTS "${torch_cuda_library}" AND EXISTS "${torch_root}/include/ATen/ATen.h")
  set(torch_has_cuda ON)
  target_include_directories(wrcor::libtorch INTERFACE
    "${torch_root}/include" "${torch_root}/include/torch/csrc/api/include")
  # libtorch_cuda registers itself when it is loaded; no symbol refers to it.
  target_link_libraries(wrcor::libtorch INTERFACE
    -Wl,--push-state,--no-as-needed,--allow-shlib-undefined
    "${torch_root}/lib/libtorch.so" "${torch_root}/lib/libtorch_cpu.so" "${torch_cuda_library}"
    "${torch_root}/lib/libc10.so" "${torch_root}/lib/libc10_cuda.so"
    -Wl,--pop-state)
else()
  find_package(Torch REQUIRED PATHS "${torch_directory}" NO_DEFAULT_PATH)
  target_include_directories(wrcor::libtorch INTERFACE ${TORCH_INCLUDE_DIRS})
  target_link_libraries(wrcor::libtorch INTERFACE ${TORCH_LIBRARIES})
  separate_arguments(torch_flags UNIX_COMMAND "${TORCH_CXX_FLAGS}")
  target_compile_options(wrcor::libtorch INTERFACE ${torch_flags})
  if(TARGET torch_cuda)
    set(torch_has_cuda ON)
  else()
    set(torch_has_cuda OFF)
  endif()
endif()
# PyTorch's own packages include the headers of another fmt, which would take precedence over those that the system's
# spdlog was built with.
if(EXISTS "${torch_root}/include/fmt" AND TARGET spdlog::spdlog)
  find_path(torch_fmt_of_spdlog fmt/core.h NO_CACHE)
  if(torch_fmt_of_spdlog)
    file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/fmt_of_spdlog")
    file(CREATE_LINK "${torch_fmt_of_spdlog}/fmt" "${CMAKE_BINARY_DIR}/fmt_of_spdlog/fmt" SYMBOLIC)
    target_include_directories(wrcor::libtorch BEFORE INTERFACE "${CMAKE_BINARY_DIR}/fmt_of_spdlog")
  endif()
endif()

# Keeps the choice for the next configuration, and shows it to scripts/setup.sh.
set(Torch_DIR "${torch_directory}" CACHE PATH "Directory with TorchConfig.cmake" FORCE)
file(STRINGS "${torch_directory}/TorchConfigVersion.cmake" torch_version REGEX "^set\\(PACKAGE_VERSION ")
string(REGEX REPLACE ".*\"(.*)\".*" "\\1" torch_version "${torch_version}")
message(STATUS "libtorch: ${torch_version} at ${torch_directory} (CUDA: ${torch_has_cuda})")

if(WRCOR_REQUIRE_CUDA AND NOT torch_has_cuda)
  message(FATAL_ERROR "The libtorch at ${torch_directory} was built without CUDA; name one with CUDA by Torch_DIR.")
endif()
