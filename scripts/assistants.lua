-- Hooks for assistants: who owns a new row.
--
-- Copy this file to make your own, and name the copy in config/lockstep.yaml (`hooks: ../scripts/my-assistants.lua`). A hook returns
-- what it decided, or `nil, "reason"` to reject this one record; the rest of the run goes on. `ctx` lends what a hook may use:
--
--   ctx.id, ctx.label, ctx.noun        the record's id, what people call it, and what it is ("assistant")
--   ctx.db:find(table, where, options) rows of your database, read only: an array of tables
--   ctx.log.info / warn / error        a line for the person who runs the sync
--   ctx.now, ctx.now_iso, ctx.json     the time, and JSON

-- The user whose id is lowest, or nil when there is none.
local function first_of(users)
  local first
  for _, user in ipairs(users) do
    if not first or user.id < first.id then first = user end
  end
  return first
end

-- The e-mail that the record names, without blanks around it; else nil and why there is none.
local function email_of(record)
  local metadata = record.metadata
  local email = type(metadata) == "table" and metadata.user_email or nil
  if email == nil or email == null then return nil, "the record has no metadata.user_email" end
  if type(email) ~= "string" then return nil, "metadata.user_email is not text" end
  email = email:match("^%s*(.*%S)") or ""
  if email == "" then return nil, "metadata.user_email is empty" end
  return email
end

-- How a person is named in messages.
local function name_of(user)
  if type(user.email) == "string" and user.email ~= "" then return user.email end
  if type(user.name) == "string" and user.name ~= "" then return user.name end
  return "user " .. tostring(user.id)
end

-- The columns that an owner fills. They are listed under `owned:` in the mapping: set for a new row, never overwritten by an import.
local function owned_by(user)
  return { user_id = user.id, created_by = user.id }
end

-- Asked once for each new row. The owner is the user with the e-mail of the record's metadata.user_email; without one, the first admin,
-- with a warning; without an admin the record is rejected.
local function assign_owner(record, ctx)
  local email, why = email_of(record)
  if email then
    local owner = first_of(ctx.db:find("users", { email = email }, { ignore_case = true }))
    if owner then return owned_by(owner) end
    why = "no user has " .. email
  end

  local admin = first_of(ctx.db:find("users", { role = "admin" }))
  if not admin then return nil, why .. ", and there is no user with the role admin to assign it to" end
  ctx.log.warn(string.format("User assignment failed for %s %s: %s; assigned to %s",
    ctx.noun or "record", ctx.label or ctx.id or "without a name", why, name_of(admin)))
  return owned_by(admin)
end

return { assign_owner = assign_owner }
