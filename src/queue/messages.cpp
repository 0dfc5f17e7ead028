#include "queue/messages.h"

#include <algorithm>
#include <functional>

#include "core/hash.h"
#include "core/json.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t largest_message = 64 << 20, longest_arch = 4096, longest_name = 512;

/// Reads a message. @param read  may throw for anything but a message @throws MessageError
template <typename Message>
Message parsed(std::string_view text, const char* what,
               const std::function<Message(const Json&)>& read) {
  if (text.size() > largest_message)
    throw MessageError(std::string(what) + " of " + std::to_string(text.size()) + " bytes");
  try {
    return read(parse_json(text));
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception&) {
    throw MessageError("expected " + std::string(what) + ", found " +
                       in_quotes(text.substr(0, 200)));
  }
}

/// @throws MessageError, nlohmann::json::exception
std::string name_at(const Json& json, const char* key, std::size_t longest = longest_name) {
  auto text = json.at(key).get<std::string>();
  if (text.empty() || text.size() > longest) throw MessageError(key);
  return text;
}

/// The id of an entry of a stream, such as "1700000000000-0".
bool is_entry(std::string_view text) {
  constexpr std::string_view digits = "0123456789";
  constexpr std::size_t longest = 19;
  const std::size_t dash = text.find_first_not_of(digits);
  if (dash == text.npos || text[dash] != '-') return false;
  const std::size_t after = text.size() - dash - 1;
  return dash >= 1 && dash <= longest && after >= 1 && after <= longest &&
         text.find_first_not_of(digits, dash + 1) == text.npos;
}

int whole_at(const Json& json, const char* key, int least, int most) {
  const auto number = json.at(key).get<std::int64_t>();
  if (!json.at(key).is_number_integer() || number < least || number > most) throw MessageError(key);
  return static_cast<int>(number);
}

const Json& object_at(const Json& json, const char* key) {
  const Json& value = json.at(key);
  if (!value.is_object()) throw MessageError(key);
  return value;
}

}  // namespace

std::string WorkItem::id() const {
  constexpr std::size_t digits = 32;
  return sha256_hex(Json{{"repeats", repeats}, {"archs", archs}}.dump()).substr(0, digits);
}

std::string WorkItem::text() const {
  return Json{{"run", run}, {"repeats", repeats}, {"archs", archs}}.dump();
}

WorkItem WorkItem::parse(std::string_view text) {
  return parsed<WorkItem>(text, "a batch of architectures", [](const Json& json) {
    constexpr int most_repeats = 1'000'000;
    WorkItem item{.run = name_at(json, "run"),
                  .repeats = whole_at(json, "repeats", 1, most_repeats),
                  .archs = json.at("archs").get<std::vector<std::string>>()};
    const bool fits = std::ranges::all_of(item.archs, [](const std::string& arch) {
      return !arch.empty() && arch.size() <= longest_arch;
    });
    if (item.archs.empty() || item.archs.size() > most_archs || !fits) throw MessageError("archs");
    return item;
  });
}

std::string WorkResult::text() const {
  Json all = Json::array();
  for (const Evaluation& evaluation : evaluations) all.push_back(to_json(evaluation));
  return Json{{"run", run},       {"item", item},         {"entry", entry},
              {"worker", worker}, {"platform", platform}, {"evaluations", all}}
      .dump();
}

WorkResult WorkResult::parse(std::string_view text) {
  return parsed<WorkResult>(text, "evaluations", [](const Json& json) {
    WorkResult result{.run = name_at(json, "run"),
                      .item = name_at(json, "item"),
                      .entry = name_at(json, "entry"),
                      .worker = name_at(json, "worker"),
                      .platform = name_at(json, "platform", 4 * longest_name),
                      .evaluations = {}};
    if (!is_entry(result.entry)) throw MessageError("entry");
    const Json& all = json.at("evaluations");
    if (!all.is_array() || all.empty() || all.size() > WorkItem::most_archs)
      throw MessageError("evaluations");
    for (const Json& evaluation : all)
      result.evaluations.push_back(evaluation_from_json(evaluation));
    return result;
  });
}

std::string RunOffer::text() const {
  return Json{{"protocol", protocol}, {"run", run},
              {"session", session},   {"coordinator", coordinator},
              {"finished", finished}, {"config", config},
              {"data", data},         {"images", images},
              {"sha256", sha256},     {"platform", platform},
              {"mixed", mixed},       {"lease_seconds", lease_seconds}}
      .dump();
}

RunOffer RunOffer::parse(std::string_view text) {
  return parsed<RunOffer>(text, "the description of a search", [](const Json& json) {
    if (json.at("protocol") != protocol) throw MessageError("protocol");
    constexpr int longest_lease = 86'400;
    RunOffer offer{.run = name_at(json, "run"),
                   .session = name_at(json, "session"),
                   .coordinator = name_at(json, "coordinator"),
                   .finished = json.at("finished").get<bool>(),
                   .config = object_at(json, "config"),
                   .data = object_at(json, "data"),
                   .images = json.at("images").get<std::vector<std::int64_t>>(),
                   .sha256 = name_at(json, "sha256"),
                   .platform = object_at(json, "platform"),
                   .mixed = json.at("mixed").get<bool>(),
                   .lease_seconds = whole_at(json, "lease_seconds", 1, longest_lease)};
    constexpr std::int64_t longest_side = 65'536;
    const bool fits = std::ranges::all_of(
        offer.images, [](std::int64_t side) { return side > 0 && side <= longest_side; });
    if (offer.images.size() != 4 || !fits) throw MessageError("images");
    return offer;
  });
}

std::string WorkerCard::text() const {
  return Json{{"id", id},
              {"device", device},
              {"platform", platform},
              {"run", run},
              {"evaluated", evaluated}}
      .dump();
}

WorkerCard WorkerCard::parse(std::string_view text) {
  return parsed<WorkerCard>(text, "a worker", [](const Json& json) {
    return WorkerCard{.id = name_at(json, "id"),
                      .device = name_at(json, "device"),
                      .platform = name_at(json, "platform", 4 * longest_name),
                      .run = name_at(json, "run"),
                      .evaluated = json.at("evaluated").get<std::int64_t>()};
  });
}

}  // namespace wrcor
