#include "wrcor/record/scoring_conditions.h"

#include <sys/utsname.h>

#include <filesystem>

namespace wrcor {

std::string Platform::blas_file() const { return std::filesystem::path(blas).filename().string(); }

std::string machine_name() {
  utsname system{};
  if (uname(&system) != 0) return "unknown";
  return std::string(system.sysname) + " " + system.machine;
}

}  // namespace wrcor
