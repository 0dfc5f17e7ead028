#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace wrcor {

/// Versions of the files and documents that the program writes, in their key `schema_version`.
/// Raise one when a key is added, removed or changes its meaning, and keep reading the older
/// versions: a document without the key has the first.
namespace schema_version {
inline constexpr int config = 1;
/// 1: without scoring revision and version of libtorch; 2: without scores of repeats, refined ones;
/// 3: the check of a line covers that line only
inline constexpr int journal = 4;
/// 1: without scoring revision, seeds, identity of the scores; 2: without scores of repeats, rank
/// intervals, counts.refined; 3: without a check, not_applicable counted as degenerate
inline constexpr int result = 4;
/// 1: `settings` depended on the list of proxies; 2: without scores of repeats; 3: without checks
inline constexpr int score = 4;
inline constexpr int ranking_table = 1;  ///< ranking.csv
/// 1: a figure of every simulated search; 2: without populations and measures of the top; 3:
/// without searches under a budget of seconds
inline constexpr int evaluation = 4;
inline constexpr int comparison = 1;
inline constexpr int trial = 1;  ///< and its outcome
inline constexpr int plan = 1;
inline constexpr int explanation = 1;
inline constexpr int description = 2;  ///< 1: without edges, layers
inline constexpr int list = 1;
inline constexpr int model = 1;  ///< config.json of an exported folder
inline constexpr int queue = 1;
inline constexpr int training = 2;  ///< result, metrics and checkpoint; 1: without checks
}  // namespace schema_version

/// The version that a document states; 1 if it states none.
/// @param newest  the newest one that the program can read
/// @param place   of the document, such as "run/result.json", for messages
/// @throws DataError when it is newer, or no version
int read_schema_version(const nlohmann::ordered_json& document, int newest,
                        const std::string& place);

}  // namespace wrcor
