// Messages of the program under test would bury those of the tests.

#include <spdlog/spdlog.h>

namespace {

[[maybe_unused]] const bool quiet = [] {
  spdlog::set_level(spdlog::level::off);
  return true;
}();

}  // namespace
