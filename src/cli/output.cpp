#include "output.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>

#include "core/output_closed.h"
#include "wrcor/core/error.h"

namespace wrcor::cli {

void write_output(std::string_view text) {
  errno = 0;
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (!written || std::fflush(stdout) != 0) {
    if (errno == EPIPE) throw OutputClosed();
    throw RunError(std::string("cannot write to standard output: ") + std::strerror(errno));
  }
}

void prepare_streams() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(stream, F_GETFD) != -1 || errno != EBADF) continue;
    // Takes the free descriptor, which is this stream's; writing to it fails as before.
    if (open("/dev/null", O_RDONLY) != stream) return;
  }
}

}  // namespace wrcor::cli
