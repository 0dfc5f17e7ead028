-- Turns a page of docs/commands/ into a man page: the heading and the line below it become the NAME, the other headings
-- move up by one, links become references, lists of options and tables of two columns become lists of terms.

local stringify = pandoc.utils.stringify

-- "wrcor search" -> "wrcor-search"
local function man_name(title)
  return (title:gsub(" ", "-"))
end

local function reference(link)
  local command = link.target:match("^([%w-]+)%.md") or link.target:match("commands/([%w-]+)%.md")
  if not command then return link.content end
  local name = command == "wrcor" and "wrcor" or "wrcor-" .. command
  return { pandoc.Strong(pandoc.Str(name)), pandoc.Str("(1)") }
end

-- "- `--budget N`: text" -> the term and its definition; nil for the item of any other list.
local function definition(item)
  local text = item[1] and item[1].content
  if not text or #text < 2 or text[1].t ~= "Code" or text[2].text ~= ":" then return nil end
  local words = pandoc.Inlines({ table.unpack(text, 4) })
  return { { text[1] }, { { pandoc.Plain(words) } } }
end

local function option_list(list)
  local items = {}
  for i, item in ipairs(list.content) do
    items[i] = definition(item)
    if not items[i] then return nil end
  end
  return pandoc.DefinitionList(items)
end

local function two_columns(tab)
  local simple = pandoc.utils.to_simple_table(tab)
  if #simple.aligns ~= 2 then return nil end
  return pandoc.DefinitionList(simple.rows:map(function(row)
    return { row[1][1].content, { row[2] } }
  end))
end

-- pandoc's fonts for code are not those of every formatter.
local function code(inline) return pandoc.Strong(pandoc.Str(inline.text)) end

local function code_block(block)
  local lines = block.text:gsub("\\", "\\e"):gsub("-", "\\-"):gsub("'", "\\(aq"):gsub("`", "\\(ga"):gsub("%^", "\\(ha")
    :gsub("~", "\\(ti"):gsub("\n%.", "\n\\&.")
  return pandoc.RawBlock("man", ".IP\n.nf\n" .. lines .. "\n.fi")
end

local function heading(header)
  header.level = header.level - 1
  if header.level == 1 then return pandoc.Header(1, pandoc.text.upper(stringify(header))) end
  return header
end

-- A paragraph below a heading needs no request to begin it.
local function plain_after_headings(blocks)
  for i = 2, #blocks do
    if blocks[i - 1].t == "Header" and blocks[i].t == "Para" then blocks[i] = pandoc.Plain(blocks[i].content) end
  end
  return blocks
end

function Pandoc(document)
  local blocks = document.blocks
  local title, summary = stringify(blocks[1]), stringify(blocks[2])
  local body = pandoc.Blocks({ table.unpack(blocks, 3) })
    :walk({ Link = reference, BulletList = option_list, Table = two_columns })
    :walk({ Header = heading, Code = code, CodeBlock = code_block })
  body:insert(1, pandoc.Para(pandoc.Str(man_name(title) .. " - " .. summary)))
  body:insert(1, pandoc.Header(1, "NAME"))
  document.blocks = plain_after_headings(body)
  return document
end
