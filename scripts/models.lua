-- Hooks for lists of models: what a model is for (kind), its family, its capabilities with the evidence for each, and when it was first seen.
--
-- Lists of models say little. What they do not say comes, in this order, from: the API's own answer; your file of overrides; the reference
-- file of the provider, by the exact id, else by the model that the id is a dated snapshot of, else by the one it was tuned from; for the kind
-- alone, rules about the id; else it is unknown. A rule never says that a model can do something, and unknown is never no.
--
-- Both files stand under `data:` of the sync in config/lockstep.yaml. A copy of this script with other rules is named there, too.

local unknown = { value = "unknown", source = "none" }

-- Kinds by id, for providers that do not say: the first pattern that is found.
local kinds = {
  openai = {
    { "embedding", "embedding" }, { "moderation", "moderation" },
    { "^dall%-e", "image" }, { "^gpt%-image", "image" }, { "^chatgpt%-image", "image" }, { "^sora", "video" },
    { "whisper", "transcription" }, { "transcribe", "transcription" }, { "tts", "tts" }, { "realtime", "realtime" }, { "audio", "audio" },
    { "^babbage", "completion" }, { "^davinci", "completion" }, { "instruct", "completion" },
    { "^gpt%-", "chat" }, { "^o%d", "chat" }, { "^chatgpt%-", "chat" }, { "^codex%-", "chat" },
  },
  xai = { { "%-video", "video" }, { "%-image", "image" }, { "^grok", "chat" } },
  any = {
    { "embed", "embedding" }, { "moderation", "moderation" }, { "whisper", "transcription" }, { "transcri", "transcription" },
    { "tts", "tts" }, { "image", "image" }, { "video", "video" }, { "rerank", "rerank" },
    { "^claude", "chat" }, { "^mock%-", "chat" }, { "chat", "chat" },
  },
}

-- Kinds by what Gemini serves a model with.
local methods = {
  { "generateContent", "chat" }, { "embedContent", "embedding" }, { "bidiGenerateContent", "realtime" }, { "predictLongRunning", "video" },
  { "predict", "image" }, { "generateAnswer", "answer" },
}

-- Families by id: the first pattern that is found; what stands in parentheses is part of the name.
local families = {
  openai = {
    { "^(gpt%-3%.5)" }, { "^(gpt%-4o)" }, { "^(chatgpt%-4o)" }, { "^(gpt%-%d+%.%d+)" }, { "^(gpt%-%d+)" }, { "^(o%d)" }, { "^(gpt%-image)" }, { "^(chatgpt%-image)" },
    { "^(gpt%-audio)" }, { "^(gpt%-realtime)" }, { "^(sora)" }, { "^(dall%-e)" }, { "^(tts)" }, { "^(whisper)" }, { "^(text%-embedding)" },
    { "^(omni%-moderation)" }, { "^(codex)" }, { "^(davinci)" }, { "^(babbage)" },
  },
  xai = { { "^(grok%-imagine)" }, { "^(grok%-[a-z]+)" }, { "^(grok%-%d+%.%d+)" }, { "^(grok%-%d+)" } },
  any = { { "^(claude%-[a-z]+)" }, { "^(%a+%-%d+%.%d+)" }, { "^(%a+%-%d+)" }, { "^(%a+)" } },
}

local function find_first(rules, id)
  for _, rule in ipairs(rules) do
    local found = id:match(rule[1])
    if found then return rule[2] or found, rule[1] end
  end
end

-- gemini-2.5-pro and gemini-pro-latest are Pro, gemini-2.5-flash-lite is Flash: what stands behind the version decides.
local function gemini_family(id)
  local rest = id:match("^gemini%-(.*)$")
  if not rest then return id:match("^(%a+)") end
  rest = rest:match("^[%d%.]+%-(.*)$") or rest
  for _, family in ipairs({ "pro", "flash" }) do
    if rest == family or rest:sub(1, #family + 1) == family .. "-" then return "gemini-" .. family end
  end
  return "gemini"
end

local function contains(list, wanted)
  if type(list) ~= "table" then return nil end
  for _, each in ipairs(list) do
    if each == wanted then return true end
  end
  return false
end

local function given(value) return value ~= nil and value ~= null end

-- The number `count` with its point moved `places` to the left, exactly: 12500, 4 → "1.25".
local function decimal(count, places)
  if math.type(count) ~= "integer" or count <= 0 then return nil end
  local digits = tostring(count)
  digits = ("0"):rep(math.max(0, places + 1 - #digits)) .. digits
  local whole, part = digits:sub(1, #digits - places), digits:sub(#digits - places + 1)
  part = part:gsub("0+$", "")
  return part == "" and whole or whole .. "." .. part
end

-- What stands in the reference for this id, and how it was found.
local function reference_of(id, record, ctx)
  local function look(name) return ctx.data:find("reference", "models", name) end
  local found = look(id)
  if found then return found, "exact", id end
  for _, alias in ipairs(type(record.aliases) == "table" and record.aliases or {}) do
    found = look(alias)
    if found then return found, "alias", alias end
  end
  local snapshot = id:match("^(.+)%-%d%d%d%d%-%d%d%-%d%d$") or id:match("^(.+)%-%d%d%d%d$")
  found = snapshot and look(snapshot)
  if found then return found, "snapshot-of", snapshot end
  local base = id:match("^ft:([^:]+)")
  if base then
    local tuned = look(base)
    if tuned then return tuned, "base-of", base end
    base = base:match("^(.+)%-%d%d%d%d%-%d%d%-%d%d$") or base:match("^(.+)%-%d%d%d%d$")
    tuned = base and look(base)
    if tuned then return tuned, "base-of", base end
  end
end

local function answer(value, source, detail) return { value = value and "yes" or "no", source = source, detail = detail } end

-- What the API itself states, by provider.
local stated = {}

function stated.gemini(record)
  local says = {}
  -- A model that does not think has no such member.
  if record.thinking == true or contains(record.supportedGenerationMethods, "generateContent") then
    says.reasoning = answer(record.thinking == true, "api", "thinking: " .. tostring(record.thinking == true))
  end
  return says
end

function stated.xai(record)
  local says = {}
  if type(record.input_modalities) == "table" then
    says.vision = answer(contains(record.input_modalities, "image"), "api", "input_modalities")
    says.audio_input = answer(contains(record.input_modalities, "audio"), "api", "input_modalities")
  end
  local capabilities = record.capabilities
  local efforts = type(capabilities) == "table" and capabilities.reasoning_effort or nil
  if type(efforts) == "table" and #efforts > 0 then says.reasoning = answer(true, "api", "capabilities.reasoning_effort") end
  return says
end

local function from_reference(reference, name)
  if name == "vision" then return contains(reference.input, "image") end
  if name == "audio_input" then return contains(reference.input, "audio") end
  if given(reference[name]) then return reference[name] end
end

local names = { "function_calling", "vision", "reasoning", "structured_output", "audio_input" }

-- yes, no or unknown for each capability, with where that comes from.
local function capabilities_of(provider, record, override, reference, how, which, ctx)
  local says = stated[provider] and stated[provider](record) or {}
  local source = ctx.data:find("reference", "source", "name") or "reference"
  local date = ctx.data:find("reference", "source", "date") or ""
  local out = {}
  for _, name in ipairs(names) do
    local from = reference and from_reference(reference, name)
    if says[name] then
      out[name] = says[name]
      if from ~= nil and (from and "yes" or "no") ~= says[name].value then
        out[name].otherwise = source .. " " .. date .. " says " .. (from and "yes" or "no")
      end
    elseif override and given(override[name]) then
      out[name] = answer(override[name] == true or override[name] == "yes", "override", "your file of overrides")
    elseif from ~= nil then
      out[name] = answer(from, "reference", how .. " " .. which .. ", " .. source .. " " .. date)
    else
      out[name] = unknown
    end
  end
  return out
end

local function kind_of(provider, id, record)
  for _, method in ipairs(methods) do
    if contains(record.supportedGenerationMethods, method[1]) then return method[2], "api", method[1] end
  end
  local kind, rule = find_first(kinds[provider] or kinds.any, (id:gsub("^ft:", "")))
  if kind then return kind, "rule", rule end
  return "unknown", "none"
end

-- Prices as the API states them. At xAI those of tokens count US cents per 100 million, those of images 1/100,000,000 cent.
local function prices(row, record, reference)
  row.input_usd_per_million = decimal(record.prompt_text_token_price, 4)
  row.cached_input_usd_per_million = decimal(record.cached_prompt_text_token_price, 4)
  row.output_usd_per_million = decimal(record.completion_text_token_price, 4)
  row.usd_per_image = decimal(record.image_price, 10)
  row.price_source = row.input_usd_per_million and "api" or row.usd_per_image and "api" or nil
  if row.price_source or not reference or not given(reference.price) then return end
  row.input_usd_per_million = reference.price.input
  row.cached_input_usd_per_million = reference.price.cached_input
  row.output_usd_per_million = reference.price.output
  row.price_source = "reference"
end

local function row(row, record, ctx)
  local provider = ctx.data:find("reference", "provider") or "any"
  local id = record.id or record.name
  if type(id) ~= "string" then return nil, "the model has no id" end
  local short = id:gsub("^models/", "")
  local override = ctx.data:find("overrides", "models", provider, short)
  local reference, how, which = reference_of(short, record, ctx)

  row.model_id = short
  local kind, source, rule = kind_of(provider, short, record)
  if override and given(override.kind) then kind, source, rule = override.kind, "override", "your file of overrides" end
  row.kind = kind
  row.kind_evidence = source .. (rule and " " .. rule or "")
  row.family = override and given(override.family) and override.family
      or provider == "gemini" and gemini_family(short)
      or find_first(families[provider] or families.any, (short:gsub("^ft:", "")))
  row.capabilities = capabilities_of(provider, record, override, reference, how, which, ctx)

  -- What the API leaves open about sizes, from the reference.
  if reference then
    if not given(row.name) and how == "exact" then row.name = reference.name end
    if not given(row.context_window) then row.context_window = reference.context_window end
    if not given(row.output_limit) then row.output_limit = reference.output_limit end
    if not given(row.input_modalities) then row.input_modalities = reference.input end
    if not given(row.output_modalities) then row.output_modalities = reference.output end
  end
  if not given(row.name) then row.name = short end
  prices(row, record, reference)
  if not given(row.shutdown_date) and override and given(override.shutdown_date) then row.shutdown_date = override.shutdown_date end
  row.status = given(row.shutdown_date) and "deprecated" or "active"
  return row
end

-- Set once, and never overwritten; a row that was deleted comes back with what it had.
local function assign_owner(record, ctx) return { first_seen_at = ctx.now_iso } end

return { row = row, assign_owner = assign_owner }
