#pragma once

#include <string>

namespace wrcor {

/// "run.seed (--seed)": a setting by its present key and flag, for messages about what files
/// record. A name that is none of a setting stays as it is.
/// @param key  also a former one
std::string shown_setting(const std::string& key);

}  // namespace wrcor
