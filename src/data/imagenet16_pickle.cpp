#include "wrcor/data/imagenet16_pickle.h"

#include <cstdint>
#include <vector>

#include "numpy_array.h"
#include "numpy_pickle.h"

namespace wrcor {
namespace {

constexpr std::size_t image_bytes = 3 * 16 * 16;
constexpr std::int64_t published_classes = 1000;
constexpr std::int64_t classes = 120;

/// As in Python, the last of equal keys counts.
const numpy::PickleValue& entry(const numpy::PickleDocument& document, std::string_view key,
                                const std::string& name) {
  const numpy::PickleValue& root = document[document.root];
  if (root.kind != numpy::PickleKind::dictionary) {
    numpy::reject_pickle(name, root.place, numpy::words_for(root.kind),
                         "a dictionary with 'data' and 'labels'");
  }
  for (std::size_t k = root.items.size(); k > 0; k -= 2) {
    const numpy::PickleValue& found = document[root.items[k - 2]];
    const bool is_text =
        found.kind == numpy::PickleKind::text || found.kind == numpy::PickleKind::bytes;
    if (is_text && found.content == key) return document[root.items[k - 1]];
  }
  numpy::reject_pickle(name, root.place, "no '" + std::string(key) + "' in the dictionary",
                       "'data' and 'labels'");
}

}  // namespace

std::string parse_imagenet16_pickle(std::string_view bytes, const std::string& name) {
  const numpy::PickleDocument document = numpy::parse_pickle(bytes, name);
  const numpy::PickleValue& data = entry(document, "data", name);
  const numpy::PickleValue& labels_value = entry(document, "labels", name);
  const std::vector<std::int64_t> labels = numpy::integers_of(document, labels_value, name);
  const auto images = static_cast<std::int64_t>(labels.size());
  const numpy::ByteArray pixels(document, data, {images, static_cast<std::int64_t>(image_bytes)},
                                "a row for each label", name);

  std::string records;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] < 1 || labels[i] > published_classes) {
      numpy::reject_pickle(name, labels_value.place,
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

}  // namespace wrcor
