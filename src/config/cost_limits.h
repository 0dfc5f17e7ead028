#pragma once

#include <map>
#include <string>
#include <vector>

#include "wrcor/config/config.h"
#include "wrcor/space/constrained_space.h"

namespace wrcor {

/// Reads "latency=12.5,params=1e6". @throws UsageError
std::map<std::string, double> parse_cost_limits(const std::string& text);

/// Reads "params,latency". @throws UsageError for an empty name, and for one that occurs twice
std::vector<std::string> parse_cost_names(const std::string& text);

/// The limits of a configuration, with the columns of its cost table that are named by the limits
/// or by the costs to be minimised.
/// @throws UsageError for a cost that neither the space nor the table has; DataError for a table
///         that cannot be read
CostLimits cost_limits(const Config& config, const SearchSpace& space);

}  // namespace wrcor
