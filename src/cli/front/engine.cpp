#include "engine.h"

#include <dlfcn.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "wrcor/core/error.h"

namespace wrcor::cli {
namespace {

namespace fs = std::filesystem;

/// Beside this executable, where both were built, else where both were installed.
fs::path engine() {
  const fs::path here = fs::read_symlink("/proc/self/exe").parent_path();
  const fs::path beside = here / "wrcor-engine";
  if (fs::exists(beside)) return beside;
  return (here / WRCOR_ENGINE_FROM_BINDIR).lexically_normal();
}

}  // namespace

void become_engine(char** argv) {
  const fs::path path = engine();
  execv(path.c_str(), argv);
  throw RunError("cannot start '" + path.string() + "': " + std::strerror(errno) +
                 "; it is a part of wrcor: install wrcor again");
}

bool may_have_cuda() {
  return WRCOR_LIBTORCH_HAS_CUDA && dlopen("libcuda.so.1", RTLD_LAZY | RTLD_LOCAL) != nullptr;
}

}  // namespace wrcor::cli
