#include "core/json.h"

#include <set>
#include <string>
#include <vector>

#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

/// Watches a parser: throws as soon as a text must be refused.
template <typename Json>
class Watch {
 public:
  using Event = typename Json::parse_event_t;

  bool operator()(int depth, Event event, const Json& value) {
    const bool opens = event == Event::object_start || event == Event::array_start;
    if (opens && depth >= deepest_json) {
      throw JsonError("nested deeper than " + std::to_string(deepest_json) + " levels");
    }
    if (event == Event::object_start) keys_.emplace_back();
    if (event == Event::object_end) keys_.pop_back();
    if (event == Event::key) {
      const std::string& key = value.template get_ref<const std::string&>();
      if (!keys_.back().insert(key).second)
        throw JsonError("the key " + in_quotes(key) + " twice in one object");
    }
    return true;
  }

 private:
  std::vector<std::set<std::string>> keys_;  ///< of the objects that are open
};

template <typename Json>
Json parsed(std::string_view text) {
  // nlohmann's parser treats a zero byte as the end.
  if (const std::size_t zero = text.find('\0'); zero != text.npos)
    throw JsonError("no JSON from byte " + std::to_string(zero + 1) + " on");
  Watch<Json> watch;
  try {
    return Json::parse(text, std::ref(watch));
  } catch (const typename Json::parse_error& failure) {
    throw JsonError("no JSON from byte " + std::to_string(failure.byte) + " on");
  } catch (const typename Json::out_of_range&) {
    throw JsonError("a number that is too large");
  }
}

}  // namespace

nlohmann::ordered_json parse_json(std::string_view text) {
  return parsed<nlohmann::ordered_json>(text);
}

nlohmann::json parse_sorted_json(std::string_view text) { return parsed<nlohmann::json>(text); }

std::string reason_of(const nlohmann::json::exception& failure) {
  const std::string_view text = failure.what();
  const std::size_t end = text.starts_with('[') ? text.find("] ") : text.npos;
  return std::string(end == text.npos ? text : text.substr(end + 2));
}

std::string text_at(const nlohmann::ordered_json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace wrcor
