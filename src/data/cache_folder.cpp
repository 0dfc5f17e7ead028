#include "data/cache_folder.h"

#include <cstdlib>

namespace wrcor {
namespace {

std::filesystem::path folder_in(const char* variable) {
  const char* value = std::getenv(variable);
  return value == nullptr ? "" : value;
}

}  // namespace

std::filesystem::path cache_folder() {
  if (auto own = folder_in("WRCOR_DATA"); !own.empty()) return own;
  if (auto cache = folder_in("XDG_CACHE_HOME"); !cache.empty()) return cache / "wrcor";
  if (auto home = folder_in("HOME"); !home.empty()) return home / ".cache" / "wrcor";
  return {};
}

}  // namespace wrcor
