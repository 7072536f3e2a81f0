-- Uses: basics, deliveries, receipts, verification
-- Applies an event of a call and says what is to be done about it. The record of a call, <n>.call:<id>, is
-- `phase speaks event_id`: dialed, answered, speaking (a person listens), machine or over; how many times the code was
-- spoken; and the event that led there, so that the same event again leads to the same command.
-- KEYS  1 the verification
-- ARGV  1 delivery number   2 event: ringing, answered, person, machine, spoken, repeat or ended; or unspoken: what the
--       event with this id led to could not be said   3 reason, or ''; of unspoken '' where it may have been said
--       4 call id   5 event id   6 most times that the code is spoken
-- Gives { 'not_found' }
--    or { 'none' | 'hang_up' | 'speak', speaks, delivery status, verification status, carrier,
--         ms since the delivery was asked for, waiting deliveries, 1 if this event changed the delivery's status else 0,
--         kid, sealed and locale with 'speak', application }
local now, n, event, id = now_ms(), ARGV[1], ARGV[2], ARGV[4]
local fields = redis.call('HMGET', KEYS[1], n, n .. '.state', 'status', 'expires_at', n .. '.lost', n .. '.attempts',
  n .. '.call:' .. id, 'locale', 'app')
local about = words(fields[1])
if about[1] ~= 'call' then return { 'not_found' } end
local delivery, _, requests = state_of(fields[2])
local status = status_at(KEYS[1], now, fields[3], fields[4])
local phase, speaks, led_here = string.match(fields[7] or 'dialed 0 -', '^(%S+) (%d+) (%S+)')
speaks = tonumber(speaks)
local again = led_here == ARGV[5]
local changed = 0

local function move(to, reason)
  if not is_ahead(to, delivery) then return end
  set_state(KEYS[1], n, now, to, requests, reason)
  delivery, changed = to, 1
end

-- The phone that this call rang did not hear the code; another call of the delivery may still.
local function lose(reason)
  if note_lost(KEYS[1], n, fields[5], id, requests) then move('undelivered', reason) end
end

local function enter(to)
  phase = to
  redis.call('HSET', KEYS[1], n .. '.call:' .. id, phase .. ' ' .. speaks .. ' ' .. ARGV[5])
end

local kid, _, sealed
local action = 'none'
local function speak(times)
  if status == 'pending' then kid, _, sealed = code_of(KEYS[1]) end
  if not kid then
    action = 'hang_up'
    return
  end
  action, speaks = 'speak', times
  enter('speaking')
end

identify_attempt(KEYS[1], n, fields[6], id)
if phase ~= 'over' then move('sent') end

if event == 'unspoken' then
  -- Only of the first time: who asks to hear the code again has heard it.
  if speaks == 1 then
    speaks = 0
    enter(phase)
    if ARGV[3] ~= '' then lose(ARGV[3]) end
  end
  if phase ~= 'over' then action = 'hang_up' end
elseif phase == 'over' then
  -- That it was heard to the end may come after that the call was.
  if speaks > 0 and (event == 'spoken' or event == 'repeat') then move('delivered') end
elseif event == 'ended' then
  if speaks > 0 then
    move('unconfirmed', 'hung_up')
  elseif phase ~= 'machine' then
    lose(phase == 'speaking' and 'not_spoken' or ARGV[3] == 'completed' and 'hung_up' or ARGV[3])
  end
  enter('over')
elseif event == 'answered' then
  if phase == 'dialed' then enter('answered') end
  -- Nobody needs the call any more.
  if status ~= 'pending' then action = 'hang_up' end
elseif event == 'machine' then
  if speaks == 0 then
    lose('machine')
    enter('machine')
    action = 'hang_up'
  end
elseif event == 'person' then
  if phase == 'dialed' or phase == 'answered' then
    speak(1)
  elseif phase == 'speaking' and again then
    speak(math.max(1, speaks))
  end
elseif phase == 'speaking' and (event == 'spoken' or event == 'repeat') then
  move('delivered')
  if event == 'spoken' then
    action = 'hang_up'
  elseif again then
    speak(speaks)
  elseif speaks < tonumber(ARGV[6]) then
    speak(speaks + 1)
  else
    action = 'hang_up'
  end
end

if delivery == 'undelivered' and changed == 1 then give_up_on(KEYS[1], now, n) end
return { action, speaks, delivery, redis.call('HGET', KEYS[1], 'status'), about[2], now - about[3],
  delivery == 'undelivered' and waiting(KEYS[1]) or {}, changed, kid or false, sealed or false, fields[8] or '', fields[9] }
