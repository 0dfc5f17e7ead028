#include "core/json.h"

#include <set>
#include <string>
#include <vector>

#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

using Json = nlohmann::ordered_json;

/// Watches a parser: throws as soon as a text must be refused.
class Watch {
 public:
  bool operator()(int depth, Json::parse_event_t event, const Json& value) {
    using Event = Json::parse_event_t;
    const bool opens = event == Event::object_start || event == Event::array_start;
    if (opens && depth >= deepest_json) {
      throw JsonError("nested deeper than " + std::to_string(deepest_json) + " levels");
    }
    if (event == Event::object_start) keys_.emplace_back();
    if (event == Event::object_end) keys_.pop_back();
    if (event == Event::key && !keys_.back().insert(value.get<std::string>()).second) {
      throw JsonError("the key " + in_quotes(value.get<std::string>()) + " twice in one object");
    }
    return true;
  }

 private:
  std::vector<std::set<std::string>> keys_;  ///< of the objects that are open
};

}  // namespace

Json parse_json(std::string_view text) {
  // nlohmann's parser treats a zero byte as the end.
  if (const std::size_t zero = text.find('\0'); zero != text.npos)
    throw JsonError("no JSON from byte " + std::to_string(zero + 1) + " on");
  Watch watch;
  try {
    return Json::parse(text, std::ref(watch));
  } catch (const Json::parse_error& failure) {
    throw JsonError("no JSON from byte " + std::to_string(failure.byte) + " on");
  } catch (const Json::out_of_range&) {
    throw JsonError("a number that is too large");
  }
}

}  // namespace wrcor
