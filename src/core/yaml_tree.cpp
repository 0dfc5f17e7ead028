#include "core/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "core/typed_scalar.h"
#include "core/utf8.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

constexpr int deepest = 64;

/// Builds the tree from the parser's events, which have marks and do not recurse into aliases.
class TreeBuilder final : public YAML::EventHandler {
 public:
  std::shared_ptr<const YamlNode> take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add_scalar(mark, anchor, "", true);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_tag(mark, tag);
    add_scalar(mark, anchor, value, tag == "?" || tag.empty());
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchored_.find(anchor);
    if (found == anchored_.end())
      throw YamlError(mark.line + 1, mark.column + 1, "an alias refers to itself");
    add(found->second);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    refuse_tag(mark, tag);
    open(mark, anchor, YamlNode::Kind::sequence);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    refuse_tag(mark, tag);
    open(mark, anchor, YamlNode::Kind::map);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  struct OpenNode {
    std::shared_ptr<YamlNode> node;
    YAML::anchor_t anchor;
  };

  void add_scalar(const YAML::Mark& mark, YAML::anchor_t anchor, const std::string& text,
                  bool plain) {
    auto node = std::make_shared<YamlNode>();
    node->line = mark.line + 1;
    node->column = mark.column + 1;
    node->text = text;
    node->plain = plain;
    finish(std::move(node), anchor);
  }

  void open(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode::Kind kind) {
    check_depth(static_cast<int>(open_.size()) + 1, mark.line + 1, mark.column + 1);
    auto node = std::make_shared<YamlNode>();
    node->line = mark.line + 1;
    node->column = mark.column + 1;
    node->kind = kind;
    open_.push_back({std::move(node), anchor});
  }

  void close() {
    OpenNode closed = std::move(open_.back());
    open_.pop_back();
    finish(std::move(closed.node), closed.anchor);
  }

  void finish(std::shared_ptr<const YamlNode> node, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) anchored_[anchor] = node;
    add(std::move(node));
  }

  void add(std::shared_ptr<const YamlNode> node) {
    check_depth(static_cast<int>(open_.size()) + node->height, node->line, node->column);
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    YamlNode& parent = *open_.back().node;
    parent.height = std::max(parent.height, node->height + 1);
    parent.items.push_back(std::move(node));
  }

  /// yaml-cpp tags a plain value "?" and a quoted one "!"; any other tag was written.
  static void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    throw YamlError(mark.line + 1, mark.column + 1,
                    "the tag " + in_quotes(tag) + "; write the value without one");
  }

  static void check_depth(int depth, int line, int column) {
    if (depth > deepest) {
      throw YamlError(line, column, "nested deeper than " + std::to_string(deepest) + " levels");
    }
  }

  std::shared_ptr<const YamlNode> root_;
  std::vector<OpenNode> open_;
  std::map<YAML::anchor_t, std::shared_ptr<const YamlNode>> anchored_;
};

}  // namespace

nlohmann::json scalar_value(const YamlNode& scalar) {
  return scalar.plain ? typed_scalar(scalar.text) : nlohmann::json(scalar.text);
}

std::string shown_value(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::map:
      return "a mapping";
    case YamlNode::Kind::sequence:
      return node.items.empty() ? "an empty list" : "a list";
    case YamlNode::Kind::scalar:
      break;
  }
  if (!node.plain) return in_quotes(node.text) + " in quotes";
  const nlohmann::json value = typed_scalar(node.text);
  if (value.is_null()) return "null";
  return value.is_string() ? in_quotes(node.text) : node.text.substr(0, 80);
}

std::string yaml_text_problem(const std::string& text) {
  if (text.size() > largest_yaml) return "larger than 1 MiB, so not a configuration";
  if (text.find('\0') != std::string::npos) return "not a text file: it holds NUL bytes";
  if (!is_utf8(text)) return "not a text file in UTF-8";
  return {};
}

std::shared_ptr<const YamlNode> read_yaml(const std::string& text) {
  std::istringstream stream(text);
  TreeBuilder tree;
  try {
    YAML::Parser parser(stream);
    parser.HandleNextDocument(tree);
    auto root = tree.take();
    TreeBuilder rest;
    if (root && parser.HandleNextDocument(rest)) {
      throw YamlError(0, 0, "holds more than one document; expected one");
    }
    return root;
  } catch (const YAML::Exception& failure) {
    const bool has_place = !failure.mark.is_null();
    throw YamlError(has_place ? failure.mark.line + 1 : 0, has_place ? failure.mark.column + 1 : 0,
                    "not valid YAML or JSON: " + failure.msg);
  }
}

}  // namespace wrcor
