#include "engine.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string>

#include "wrcor/core/error.h"

namespace wrcor::cli {
namespace {

namespace fs = std::filesystem;

/// Next to this executable in a build, else at its installed location.
fs::path engine() {
  const fs::path here = fs::read_symlink("/proc/self/exe").parent_path();
  const fs::path beside = here / "wrcor-engine";
  std::error_code unknown;
  if (fs::exists(fs::status(beside, unknown))) return beside;
  return (here / WRCOR_ENGINE_FROM_BINDIR).lexically_normal();
}

/// The smallest limit on the memory that this process may map, in bytes, if it has one.
std::optional<rlim_t> memory_limit() {
  std::optional<rlim_t> least;
  for (const auto resource : {RLIMIT_AS, RLIMIT_DATA}) {
    rlimit limit{};
    if (getrlimit(resource, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
      least = std::min(least.value_or(limit.rlim_cur), limit.rlim_cur);
  }
  return least;
}

/// Starts the engine as another process that prints its version to /dev/null.
/// @return whether it succeeds
bool engine_loads(const fs::path& path) {
  const pid_t child = fork();
  if (child == 0) {
    constexpr rlim_t seconds = 10;  // of the processor; loading takes less than one
    const rlimit no_longer{seconds, seconds}, no_core{0, 0};
    setrlimit(RLIMIT_CPU, &no_longer);
    setrlimit(RLIMIT_CORE, &no_core);
    const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(nowhere, stream);
    execl(path.c_str(), path.c_str(), "--version", nullptr);
    _exit(127);
  }
  int status = 0;
  while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// If memory is refused while libraries are loaded, the process ends by a signal, or hangs:
/// OpenBLAS retries forever.
void require_memory_for(const fs::path& path) {
  const auto limit = memory_limit();
  if (!limit || engine_loads(path)) return;
  throw RunError(
      "cannot load libtorch with " + std::to_string(*limit / 1024) +
      " KiB of memory, which is the limit of this process (ulimit -v, ulimit -d): raise it");
}

}  // namespace

void become_engine(char** argv) {
  const fs::path path = engine();
  if (access(path.c_str(), X_OK) == 0) require_memory_for(path);
  execv(path.c_str(), argv);
  throw RunError("cannot start '" + path.string() + "': " + std::strerror(errno) +
                 "; it is a part of wrcor: install wrcor again");
}

bool may_have_cuda() {
  return WRCOR_LIBTORCH_HAS_CUDA && dlopen("libcuda.so.1", RTLD_LAZY | RTLD_LOCAL) != nullptr;
}

}  // namespace wrcor::cli
