-- Uses: basics
-- Times of events that are counted for many places at once, in hashes that end by themselves; see admit.lua.
local function bucket_of(kind, hash, window, index)
  return kind .. window / 1000 .. ':' .. index .. ':' .. string.sub(hash, 1, 1), string.sub(hash, 2)
end

-- The events of the last `window` ms, oldest first: { time, note }.
local function events_of(kind, hashes, now, window)
  local list, index, keys = {}, math.floor(now / window), 0
  for hash in string.gmatch(hashes, '[^,]+') do
    keys = keys + 1
    for i = index - 1, index do
      local bucket, field = bucket_of(kind, hash, window, i)
      for into, note in string.gmatch(redis.call('HGET', bucket, field) or '', '(%d+)(%S*)') do
        local time = i * window + into
        if time > now - window then list[#list + 1] = { time, note } end
      end
    end
  end
  if keys > 1 then table.sort(list, function(one, other) return one[1] < other[1] end) end
  return list
end

-- More than any limit lets pass: where there is none, the newest of them are enough.
local MOST_EVENTS = 200

local function add_event(kind, hash, now, window, note)
  local index = math.floor(now / window)
  local bucket, field = bucket_of(kind, hash, window, index)
  local kept = redis.call('HGET', bucket, field)
  local text = (kept and kept .. ' ' or '') .. (now - index * window) .. note
  if #text > MOST_EVENTS * 8 then
    local parts = words(text)
    text = table.concat(parts, ' ', math.max(1, #parts - MOST_EVENTS + 1))
  end
  if redis.call('HSET', bucket, field, text) == 1 then redis.call('PEXPIRE', bucket, 2 * window) end
end

-- Rewrites the note of the newest event that has it, or drops the event; `at` may name the event's time.
local function change_event(kind, hash, now, window, at, note, to)
  local index = math.floor(now / window)
  for i = index, index - 1, -1 do
    local bucket, field = bucket_of(kind, hash, window, i)
    local parts = words(redis.call('HGET', bucket, field) or '')
    for k = #parts, 1, -1 do
      local into, noted = string.match(parts[k], '^(%d+)(%S*)$')
      if noted == note and (not at or i * window + into == at) then
        if to then
          parts[k] = into .. to
        else
          table.remove(parts, k)
        end
        if #parts == 0 then
          redis.call('HDEL', bucket, field)
        else
          redis.call('HSET', bucket, field, table.concat(parts, ' '))
        end
        return
      end
    end
  end
end
