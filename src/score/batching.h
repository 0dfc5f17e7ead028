#pragma once

#include <string_view>

namespace wrcor {

/// Whether several networks can be measured by a proxy as one batch. Proxies that run passes of
/// their own, which nothing else shares, evaluate networks one by one.
bool is_batched(std::string_view proxy);

}  // namespace wrcor
