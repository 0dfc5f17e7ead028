#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "report/report_content.h"
#include "wrcor/space/search_space.h"

namespace wrcor {

/// The first bytes of every report.
inline constexpr std::string_view report_mark = "<!DOCTYPE html>\n<!-- wrcor report -->\n";

/// The data for the page's scripts: columns rather than rows, numbers with six significant digits.
/// @param space  of all runs
nlohmann::ordered_json page_data(const ReportContent& content, const SearchSpace& space);

/// The report as one self-contained HTML page, with charts, their library and the data. Its policy
/// forbids every request, and every script but its own. Equal contents give equal bytes.
std::string report_page(const ReportContent& content, const SearchSpace& space);

}  // namespace wrcor
