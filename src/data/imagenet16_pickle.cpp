#include "wrcor/data/imagenet16_pickle.h"

#include <cstdint>
#include <vector>

#include "numpy_array.h"
#include "wrcor/core/error.h"
#include "wrcor/data/pickle.h"

namespace wrcor {
namespace {

constexpr std::size_t image_bytes = 3 * 16 * 16;
constexpr std::int64_t published_classes = 1000;
constexpr std::int64_t classes = 120;

/// As in Python, the last of equal keys counts.
const PickleValue& entry(const PickleValue& root, std::string_view key) {
  using Kind = PickleValue::Kind;
  if (root.kind != Kind::dictionary) {
    throw PickleError(root.place, words_for(root), "a dictionary with 'data' and 'labels'");
  }
  for (std::size_t k = root.items.size(); k > 0; k -= 2) {
    const PickleValue& found = *root.items[k - 2];
    const bool is_text = found.kind == Kind::text || found.kind == Kind::bytes;
    if (is_text && found.text == key) return *root.items[k - 1];
  }
  throw PickleError(root.place, "no '" + std::string(key) + "' in the dictionary",
                    "'data' and 'labels'");
}

std::string records_of(const Pickle& pickle) {
  numpy::require_numpy_names(pickle);
  const PickleValue& data = entry(pickle.root(), "data");
  const PickleValue& labels_value = entry(pickle.root(), "labels");
  const std::vector<std::int64_t> labels = numpy::integers_of(labels_value);
  const auto images = static_cast<std::int64_t>(labels.size());
  const numpy::ByteArray pixels(data, {images, static_cast<std::int64_t>(image_bytes)},
                                "a row for each label");
  std::string records;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] < 1 || labels[i] > published_classes) {
      throw PickleError(labels_value.place,
                        "label " + std::to_string(labels[i]) + " of image " + std::to_string(i) +
                            " in the 'labels'",
                        "1 to " + std::to_string(published_classes));
    }
    if (labels[i] > classes) continue;
    records += static_cast<char>(labels[i] - 1);
    records += pixels.view().substr(i * image_bytes, image_bytes);
  }
  return records;
}

}  // namespace

std::string parse_imagenet16_pickle(std::string_view bytes, const std::string& name) {
  try {
    return records_of(Pickle(bytes));
  } catch (const PickleError& error) {
    throw DataError(name + ": " + error.what());
  }
}

}  // namespace wrcor
