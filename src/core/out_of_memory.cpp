#include "core/out_of_memory.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <new>
#include <regex>
#include <string>
#include <string_view>

#include "core/first_line.h"

namespace wrcor {
namespace {

bool says_out_of_memory(std::string_view text) {
  constexpr std::string_view phrases[] = {"out of memory",
                                          "out_of_memory",
                                          "not enough memory",
                                          "can't allocate memory",
                                          "could not create a memory object",
                                          "STATUS_ALLOC_FAILED"};
  return std::any_of(std::begin(phrases), std::end(phrases),
                     [text](std::string_view phrase) { return text.find(phrase) != text.npos; });
}

/// "you tried to allocate 4096 bytes" (c10's allocator for the CPU), "Tried to allocate 2.00 GiB"
/// (the one for CUDA).
std::optional<std::int64_t> wanted_bytes(const std::string& text) {
  static const std::map<std::string, double> units{
      {"bytes", 1}, {"KiB", 0x1p10}, {"MiB", 0x1p20}, {"GiB", 0x1p30}};
  static const std::regex request(R"([Tt]ried to allocate (\d+(?:\.\d+)?) (bytes|KiB|MiB|GiB))");
  std::smatch found;
  if (!std::regex_search(text, found, request)) return std::nullopt;
  return std::llround(std::stod(found[1]) * units.at(found[2]));
}

}  // namespace

std::optional<OutOfMemory> as_out_of_memory(const std::exception& error) {
  const std::string text = error.what();
  if (says_out_of_memory(text)) return OutOfMemory{wanted_bytes(text)};
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) return OutOfMemory{};
  return std::nullopt;
}

std::string first_line(const std::exception& error) {
  return std::string(first_line(std::string_view(error.what())));
}

}  // namespace wrcor
