#pragma once

#include <string_view>

namespace wrcor {

/// Whether a proxy can measure several networks as one batch. Proxies that run their own passes,
/// which nothing else shares, evaluate networks one by one.
bool is_batched(std::string_view proxy);

}  // namespace wrcor
