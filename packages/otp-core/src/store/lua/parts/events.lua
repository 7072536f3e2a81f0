-- Uses: digits
-- Times of events that are counted for many places at once, in hashes that end by themselves; see admit.lua.
-- An event is the ms into its bucket, in so many digits, and then its note, which holds none of these.
local INTO_LENGTH = 5
local EVENT = '(.....)([^?-~]*)'

local function into_of(digits)
  return from_digits(ZERO .. digits, 1)
end

local function bucket_of(kind, hash, window, index)
  return string.format('%s%d:%d:%s', kind, window / 1000, index, string.sub(hash, 1, 1)), string.sub(hash, 2)
end

-- The events of the last `window` ms, oldest first: { time, note }; and what add_event needs of the first hash.
local function events_of(kind, hashes, now, window)
  local list, index, newest = {}, math.floor(now / window), nil
  for hash in string.gmatch(hashes, '[^,]+') do
    for i = index - 1, index do
      local bucket, field = bucket_of(kind, hash, window, i)
      local kept = redis.call('HGET', bucket, field)
      if kept then
        for into, note in string.gmatch(kept, EVENT) do
          local time = i * window + into_of(into)
          if time > now - window then list[#list + 1] = { time, note } end
        end
      end
      if i == index and not newest then newest = { bucket, field, kept, now - i * window, 2 * window } end
    end
  end
  if string.find(hashes, ',', 1, true) then
    table.sort(list, function(one, other) return one[1] < other[1] end)
  end
  return list, newest
end

local function split_events(text)
  local events = {}
  for into, note in string.gmatch(text, EVENT) do events[#events + 1] = into .. note end
  return events
end

-- More than any limit lets pass: where there is none, the newest of them are enough.
local MOST_EVENTS = 200

local function add_event(newest, note)
  local bucket, field, kept, into, lasts = unpack(newest)
  local text = (kept or '') .. to_digits(into, INTO_LENGTH) .. note
  if #text > MOST_EVENTS * INTO_LENGTH then
    local events = split_events(text)
    text = table.concat(events, '', math.max(1, #events - MOST_EVENTS + 1))
  end
  if redis.call('HSET', bucket, field, text) == 1 then redis.call('PEXPIRE', bucket, lasts) end
end

-- Rewrites the note of the newest event that has it, or drops the event; `at` may name the event's time.
local function change_event(kind, hash, now, window, at, note, to)
  local index = math.floor(now / window)
  for i = index, index - 1, -1 do
    local bucket, field = bucket_of(kind, hash, window, i)
    local events = split_events(redis.call('HGET', bucket, field) or '')
    for k = #events, 1, -1 do
      local into, noted = string.match(events[k], EVENT)
      if noted == note and (not at or i * window + into_of(into) == at) then
        if to then
          events[k] = into .. to
        else
          table.remove(events, k)
        end
        if #events == 0 then
          redis.call('HDEL', bucket, field)
        else
          redis.call('HSET', bucket, field, table.concat(events))
        end
        return
      end
    end
  end
end
