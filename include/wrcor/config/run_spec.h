#pragma once

#include "wrcor/config/config.h"
#include "wrcor/search/search_spec.h"

namespace wrcor {

SearchSpec search_spec(const Config& config);

}  // namespace wrcor
