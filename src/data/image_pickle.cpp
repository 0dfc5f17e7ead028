#include "data/image_pickle.h"

#include <cstdint>

#include "data/pickle.h"
#include "internal/numpy_array.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

/// "'data' and 'labels'"
std::string keys_of(const PickledImages& form) {
  std::vector<std::string> keys{"'data'"};
  for (const PickledLabels& labels : form.labels) keys.push_back("'" + labels.key + "'");
  return join(keys, " and ");
}

/// Whether a value is this text. Protocol 2 has no bytes: Python 3 writes a call instead that
/// converts a text to bytes.
bool is_text(const PickleValue& value, std::string_view text) {
  using Kind = PickleValue::Kind;
  if (value.kind == Kind::text || value.kind == Kind::bytes) return value.text == text;
  const bool is_encoded = value.kind == Kind::call && value.items.size() == 2 &&
                          value.items[0]->is_name("_codecs", "encode") &&
                          value.items[1]->kind == Kind::tuple && !value.items[1]->items.empty();
  return is_encoded && value.items[1]->items[0]->kind == Kind::text &&
         value.items[1]->items[0]->text == text;
}

/// As in Python, the last of equal keys counts.
const PickleValue& entry(const PickleValue& root, std::string_view key, const PickledImages& form) {
  using Kind = PickleValue::Kind;
  if (root.kind != Kind::dictionary) {
    throw PickleError(root.place, description_of(root), "a dictionary with " + keys_of(form));
  }
  for (std::size_t k = root.items.size(); k > 0; k -= 2) {
    if (is_text(*root.items[k - 2], key)) return *root.items[k - 1];
  }
  throw PickleError(root.place, "no '" + std::string(key) + "' in the dictionary", keys_of(form));
}

/// The labels of a kind, less their least.
std::vector<std::int64_t> labels_of(const PickleValue& root, const PickledLabels& kind,
                                    const PickledImages& form) {
  const PickleValue& value = entry(root, kind.key, form);
  std::vector<std::int64_t> labels = numpy::integers_of(value);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] < kind.least || labels[i] > kind.most) {
      throw PickleError(value.place,
                        "label " + std::to_string(labels[i]) + " of image " + std::to_string(i) +
                            " in the '" + kind.key + "'",
                        std::to_string(kind.least) + " to " + std::to_string(kind.most));
    }
    labels[i] -= kind.least;
  }
  return labels;
}

std::string records_of(const Pickle& pickle, const PickledImages& form) {
  numpy::require_numpy_names(pickle);
  const PickleValue& root = pickle.root();
  const PickleValue& data = entry(root, "data", form);
  std::vector<std::vector<std::int64_t>> labels;
  for (const PickledLabels& kind : form.labels) {
    labels.push_back(labels_of(root, kind, form));
    if (labels.back().size() != labels.front().size()) {
      throw PickleError(entry(root, kind.key, form).place,
                        std::to_string(labels.back().size()) + " '" + kind.key + "'",
                        std::to_string(labels.front().size()) + " as of the others");
    }
  }
  const std::size_t images = labels.front().size();
  const auto image_bytes = static_cast<std::size_t>(3 * form.side * form.side);
  const numpy::ByteArray pixels(
      data, {static_cast<std::int64_t>(images), static_cast<std::int64_t>(image_bytes)},
      "a row for each label");
  std::string records;
  for (std::size_t i = 0; i < images; ++i) {
    if (form.classes && labels.back()[i] >= *form.classes) continue;
    for (const auto& its : labels) records += static_cast<char>(its[i]);
    records += pixels.view().substr(i * image_bytes, image_bytes);
  }
  return records;
}

}  // namespace

const PickledImages& cifar10_pickle() {
  static const PickledImages form{.side = 32, .labels = {{"labels", 0, 9}}};
  return form;
}

const PickledImages& cifar100_pickle() {
  static const PickledImages form{.side = 32,
                                  .labels = {{"coarse_labels", 0, 19}, {"fine_labels", 0, 99}}};
  return form;
}

const PickledImages& imagenet16_pickle() {
  static const PickledImages form{.side = 16, .labels = {{"labels", 1, 1000}}, .classes = 120};
  return form;
}

std::string parse_image_pickle(std::string_view bytes, const std::string& name,
                               const PickledImages& form) {
  try {
    return records_of(Pickle(bytes), form);
  } catch (const PickleError& error) {
    throw DataError(name + ": " + error.what());
  }
}

}  // namespace wrcor
