#pragma once

#include <filesystem>
#include <optional>

namespace wrcor::test {

/// A file of the shared material next to the checkout (golden scores, benchmark accuracies,
/// images), or nothing if it is missing; $WRCOR_SHARED names another folder. Tests that need it
/// skip with a message otherwise.
std::optional<std::filesystem::path> shared_file(const std::filesystem::path& relative);

}  // namespace wrcor::test

/// Binds `variable` to a shared file, or ends the test case with a visible message.
#define WRCOR_REQUIRE_SHARED(variable, relative)                      \
  const auto variable##_found = ::wrcor::test::shared_file(relative); \
  if (!variable##_found) {                                            \
    WARN("skipped: shared/" relative " is not beside this checkout"); \
    SUCCEED();                                                        \
    return;                                                           \
  }                                                                   \
  const std::filesystem::path variable = *variable##_found
