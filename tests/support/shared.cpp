#include "support/shared.h"

#include <cstdlib>

namespace wrcor::test {

std::optional<std::filesystem::path> shared_file(const std::filesystem::path& relative) {
  const char* root = std::getenv("WRCOR_SHARED");
  const std::filesystem::path base =
      root != nullptr ? std::filesystem::path(root)
                      : std::filesystem::path(WRCOR_SOURCE_DIR) / ".." / "shared";
  const std::filesystem::path path = base / relative;
  if (!std::filesystem::exists(path)) return std::nullopt;
  return path;
}

}  // namespace wrcor::test
