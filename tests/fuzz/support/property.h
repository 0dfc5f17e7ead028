#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace wrcor::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Ends the process, which the fuzzer counts as a finding, unless the property holds.
void require(bool holds, std::string_view property);

/// Whether the action ends without a wrcor::Error. The message of one must be printable: lines of
/// printable UTF-8, none of them long. Any other exception is a finding.
bool accepts(const std::function<void()>& action);

}  // namespace wrcor::fuzz
