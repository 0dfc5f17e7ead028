#pragma once

#include <vector>

#include "wrcor/config/settings.h"

namespace wrcor {

// The settings of each section, in the order of its documentation.
std::vector<Setting> space_settings();
std::vector<Setting> data_settings();
std::vector<Setting> score_settings();
std::vector<Setting> search_settings();
std::vector<Setting> constraint_settings();
std::vector<Setting> run_settings();
std::vector<Setting> train_settings();

/// The definition of a space in place of its name; recorded, not written by users.
Setting make_space_definition();

}  // namespace wrcor
